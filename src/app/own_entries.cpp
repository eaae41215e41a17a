#include "app/own_entries.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "monitoring/monitoring.h"
#include "store/writer.h"

namespace nocturn::app {
namespace {

constexpr Micros kSilence = std::chrono::minutes(2);

constexpr store::Migration kMigrations[] = {
    {1, "watch",
     "CREATE TABLE app_watch (id INTEGER PRIMARY KEY, noted_at INTEGER NOT NULL) STRICT"}};

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

Result<std::optional<WallTime>> last_watched(const ledger::Ledger& ledger,
                                             store::Database& database, WallTime now) {
  std::optional<WallTime> last;
  const auto take = [&](WallTime time) {
    if (time <= now && (!last || time > *last)) last = time;
  };
  const std::uint64_t size = ledger.checkpoint().size;  // of all entries: opening saw to that
  if (size > 0)
    for (const ledger::Entry& newest : TRY(ledger.entries(size - 1, 1))) take(newest.time);
  TRY_STATUS(database.read([&](store::Reader& reader) {
    return reader.query("SELECT noted_at FROM app_watch", {},
                        [&](const store::Row& row) { take(WallTime(Micros(row.integer(0)))); });
  }));
  return last;
}

void note_watch(ledger::Ledger& ledger, WallTime now) {
  ledger.writer().submit(
      [now](store::Transaction& to) {
        return to.post(
            "INSERT INTO app_watch (id, noted_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET "
            "noted_at = excluded.noted_at",
            {now.time_since_epoch().count()});
      },
      [](const Status&) {});
}

Status record_pause(ledger::Ledger& ledger, std::optional<WallTime> last, WallTime now) {
  if (!last || now - *last < kSilence) return {};
  const ledger::Event event = monitoring::watch_resumed(*last, now);
  TRY_STATUS(ledger.record(
      [&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> { return {{event}}; }));
  return {};
}

Status record_cloud(ledger::Ledger& ledger, const inventory::Cloud& cloud) {
  TRY_STATUS(
      ledger.record([&](store::Reader& reader, WallTime now) -> Result<std::vector<ledger::Event>> {
        std::vector<ledger::Event> events;
        for (const auto& difference : TRY(inventory::running_differences(reader, cloud)))
          events.push_back(inventory::to_event(difference));
        for (ledger::Event& event : TRY(monitoring::retirements(reader, cloud, now)))
          events.push_back(std::move(event));
        return events;
      }));
  return {};
}

void record_soon(ledger::Ledger& ledger, ledger::Event event, std::string what) {
  ledger.record(
      [event = std::move(event)](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
        return {{event}};
      },
      [what = std::move(what)](const Result<std::vector<ledger::Entry>>& recorded) {
        if (!recorded) log::error("app", what + " is not recorded: " + recorded.error().text());
      });
}

}  // namespace nocturn::app
