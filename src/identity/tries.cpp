#include "identity/tries.h"

#include <algorithm>

#include "base/log.h"

namespace nocturn::identity {
namespace {

constexpr Micros kBetweenWrites = std::chrono::milliseconds(250);
constexpr std::size_t kMostAtOnce = 100;
constexpr std::size_t kMostAMinute = 1000;
constexpr Micros kForgotten =
    std::max({Throttle::kAddress.forget, Throttle::kStranger.forget, Throttle::kDevice.forget});

std::int64_t micros(WallTime time) { return time.time_since_epoch().count(); }

Status write(store::Transaction& to, const std::vector<Throttle::Memory>& memories, WallTime now,
             SteadyTime steady) {
  for (const Throttle::Memory& memory : memories) {
    if (memory.count == 0) {
      TRY_STATUS(to.post("DELETE FROM sign_in_tries WHERE who = ?", {memory.name}));
      continue;
    }
    TRY_STATUS(to.post(
        "INSERT INTO sign_in_tries (who, failures, last_at) VALUES (?, ?, ?) ON CONFLICT (who) DO "
        "UPDATE SET failures = excluded.failures, last_at = excluded.last_at",
        {memory.name, std::int64_t(memory.count), micros(now - (steady - memory.last))}));
  }
  return {};
}

// Those that were quiet for so long that they count no more, then the quietest beyond the room.
Status drop_forgotten(store::Transaction& to, WallTime now) {
  TRY_STATUS(to.post("DELETE FROM sign_in_tries WHERE last_at <= ?", {micros(now - kForgotten)}));
  const auto count = TRY(to.first("SELECT COUNT(*) FROM sign_in_tries", {},
                                  [](const store::Row& row) { return row.integer(0); }));
  constexpr auto kRoom = static_cast<std::int64_t>(Throttle::kRoom);
  if (count.value_or(0) <= kRoom) return {};
  return to.post(
      "DELETE FROM sign_in_tries WHERE who IN (SELECT who FROM sign_in_tries ORDER BY last_at "
      "LIMIT ?)",
      {*count - kRoom});
}

void submit(Identity::Parts& parts, store::Writer::Work work) {
  parts.ledger.writer().submit(std::move(work), [](const Status& kept) {
    if (!kept) log::warning("identity", "failed sign-ins are not kept: " + kept.error().text());
  });
}

}  // namespace

Status recall_tries(Identity::Parts& parts) {
  const WallTime now = parts.clock.wall();
  const SteadyTime steady = parts.clock.steady();
  return parts.database.read([&](store::Reader& reader) {
    return reader.query("SELECT who, failures, last_at FROM sign_in_tries ORDER BY last_at", {},
                        [&](const store::Row& row) {
                          // A clock that was set back shortens no pause.
                          const Micros ago =
                              std::max(Micros(0), Micros(micros(now) - row.integer(2)));
                          const std::lock_guard lock(parts.mutex);
                          parts.throttle.restore({.name = std::string(row.text(0)),
                                                  .count = static_cast<int>(row.integer(1)),
                                                  .last = steady - ago});
                        });
  });
}

void keep_tries(Identity::Parts& parts) {
  const SteadyTime steady = parts.clock.steady();
  std::vector<Throttle::Memory> changed;
  {
    const std::lock_guard lock(parts.mutex);
    if (parts.tries_kept_at && steady - *parts.tries_kept_at < kBetweenWrites) return;
    parts.tries_kept_at = steady;
    changed = parts.throttle.take_changed(kMostAtOnce);
  }
  if (changed.empty()) return;
  submit(parts, [changed = std::move(changed), now = parts.clock.wall(),
                 steady](store::Transaction& to) { return write(to, changed, now, steady); });
}

void tidy_tries(Identity::Parts& parts) {
  const SteadyTime steady = parts.clock.steady();
  std::vector<Throttle::Memory> changed;
  {
    const std::lock_guard lock(parts.mutex);
    changed = parts.throttle.take_changed(kMostAMinute);
  }
  submit(parts,
         [changed = std::move(changed), now = parts.clock.wall(),
          steady](store::Transaction& to) -> Status {
           TRY_STATUS(write(to, changed, now, steady));
           return drop_forgotten(to, now);
         });
}

}  // namespace nocturn::identity
