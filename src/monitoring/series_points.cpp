#include "monitoring/series_points.h"

#include <algorithm>
#include <map>

namespace nocturn::monitoring {
namespace {

using namespace std::chrono_literals;

constexpr Micros kWidths[] = {1s,    2s,    5s,    10s, 15s, 30s, 1min, 2min, 5min,
                              10min, 15min, 30min, 1h,  2h,  3h,  6h,   12h};

using Points = std::map<WallTime, SeriesPoint>;

SeriesPoint& point_at(Points& points, WallTime time, Micros width) {
  const WallTime at(time.time_since_epoch() / width * width);
  SeriesPoint& point = points[at];
  point.at = at;
  return point;
}

void add(SeriesPoint& point, const series::Sample& sample) {
  if (sample.mark == series::Mark::failed) ++point.failed;
  if (sample.mark == series::Mark::cannot_tell) ++point.cannot_tell;
  if (sample.mark != series::Mark::passed) return;
  ++point.passed;
  point.took.add(sample.took);
  for (std::size_t i = 0; i < series::kPhases; ++i) {
    if (sample.phases[i] < Micros(0)) continue;
    ++point.phases[i].count;
    point.phases[i].sum += sample.phases[i];
  }
}

}  // namespace

Micros point_width(WallTime from, WallTime until, std::int64_t most) {
  const Micros whole = until - from;
  // One more than fits: neither end need stand on a multiple.
  const auto fits = [&](Micros width) {
    return whole / width + 2 <= std::max<std::int64_t>(most, 3);
  };
  const auto* width = std::ranges::find_if(kWidths, fits);
  if (width != std::end(kWidths)) return *width;
  Micros days = std::chrono::days(1);
  while (!fits(days)) days *= 2;
  return days;
}

std::vector<SeriesPoint> series_points(std::span<const series::Rollup> rollups,
                                       std::span<const series::Sample> samples, Micros width) {
  CHECK(width > Micros(0));
  CHECK(rollups.empty() || width >= Micros(1h));
  Points points;
  for (const series::Rollup& hour : rollups) {
    SeriesPoint& point = point_at(points, hour.hour, width);
    point.passed += hour.passed;
    point.failed += hour.failed;
    point.cannot_tell += hour.cannot_tell;
    point.took.add(hour.took);
  }
  for (const series::Sample& sample : samples) add(point_at(points, sample.at, width), sample);
  std::vector<SeriesPoint> list;
  list.reserve(points.size());
  for (auto& [at, point] : points) list.push_back(std::move(point));
  return list;
}

}  // namespace nocturn::monitoring
