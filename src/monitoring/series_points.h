#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "series/series.h"

// What a check's series says between two moments, in few enough points to be drawn. Pure.
namespace nocturn::monitoring {

// What was seen in one stretch of time; stretches begin at multiples of their width since 1970.
struct SeriesPoint {
  WallTime at;  // start
  std::uint64_t passed = 0, failed = 0, cannot_tell = 0;
  series::Histogram took;  // of what passed
  struct Phase {
    std::uint64_t count = 0;
    Micros sum{0};
  };
  std::array<Phase, series::kPhases> phases{};  // of what passed; empty where rolled up
};

// The smallest round width of which `most` or fewer cover the time. from < until; most > 0.
Micros point_width(WallTime from, WallTime until, std::int64_t most);

// Points by time, none that is empty. `samples` and `rollups` are by time; an hour that has a
// rollup is not in `samples`. A width under an hour takes no rollups.
std::vector<SeriesPoint> series_points(std::span<const series::Rollup> rollups,
                                       std::span<const series::Sample> samples, Micros width);

}  // namespace nocturn::monitoring
