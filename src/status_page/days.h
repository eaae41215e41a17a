#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "status_page/timeline.h"

// The history cells: what each local day was like. Pure. The times of a cell add up exactly to
// its length; the day under way ends now.
namespace nocturn::status_page {

struct DayCell {
  Window span;                           // [start of the day, its end or now)
  std::array<Micros, kIndicators> in{};  // time in each indicator, as far as measured or declared
  Micros unmeasured{0};
  Micros absent{0};                // before the instance was there
  std::optional<Indicator> worst;  // the heaviest with any time; nothing: no data
  // The whole day was before the instance was there.
  bool before_its_time() const { return absent > Micros(0) && absent == span.until - span.from; }
  bool operator==(const DayCell&) const = default;
};

// One cell for each of starts.size() - 1 days; `starts` from TimeZone::day_starts. Stretches must
// cover them up to `now`, which lies in the last day.
std::vector<DayCell> day_cells(std::span<const Stretch> stretches, std::span<const WallTime> starts,
                               WallTime now);

// Whole minutes, rounded up: an interruption of twenty seconds is told as one minute, not none.
std::int64_t minutes_up(Micros duration);

}  // namespace nocturn::status_page
