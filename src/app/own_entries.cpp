#include "app/own_entries.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "monitoring/monitoring.h"

namespace nocturn::app {
namespace {

constexpr Micros kSilence = std::chrono::minutes(2);

}  // namespace

Result<std::optional<WallTime>> newest_time(const ledger::Ledger& ledger) {
  const std::uint64_t size = ledger.checkpoint().size;  // of all entries: opening saw to that
  if (size == 0) return std::nullopt;
  const auto newest = TRY(ledger.entries(size - 1, 1));
  return newest.empty() ? std::nullopt : std::optional(newest[0].time);
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
