#include "monitoring/series_points.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::monitoring {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = *from_rfc3339("2026-11-22T12:00:00Z");

series::Sample sample(Micros after_noon, Micros took, series::Mark mark = series::Mark::passed) {
  return {.at = kNoon + after_noon, .mark = mark, .degraded = false, .took = took};
}

TEST(SeriesPoints, are_as_narrow_as_their_number_allows) {
  EXPECT_EQ(point_width(kNoon, kNoon + 1h, 500), Micros(10s));
  EXPECT_EQ(point_width(kNoon, kNoon + 24h, 300), Micros(5min));
  EXPECT_EQ(point_width(kNoon, kNoon + 24h * 400, 200), Micros(24h * 4));
}

RC_GTEST_PROP(SeriesPoints, never_are_more_than_asked_for, ()) {
  const auto length = *rc::gen::inRange<std::int64_t>(1, 500LL * 24 * 3600 * 1'000'000);
  const auto most = *rc::gen::inRange<std::int64_t>(3, 500);
  const Micros width = point_width(kNoon, kNoon + Micros(length), most);
  const auto first = kNoon.time_since_epoch() / width;
  const auto last = (kNoon + Micros(length)).time_since_epoch() / width;
  RC_ASSERT(last - first + 1 <= most);
}

TEST(SeriesPoints, count_failures_apart_and_measure_what_passed) {
  const std::vector<series::Sample> samples = {
      sample(1s, 10ms), sample(2s, 30ms), sample(3s, 9s, series::Mark::failed), sample(61s, 5ms),
      sample(62s, 1s, series::Mark::cannot_tell)};
  const auto points = series_points({}, samples, 1min);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].at, kNoon);
  EXPECT_EQ(points[0].passed, 2u);
  EXPECT_EQ(points[0].failed, 1u);
  EXPECT_EQ(points[0].took.sum(), Micros(40ms));
  EXPECT_EQ(points[0].took.largest(), Micros(30ms));
  EXPECT_EQ(points[1].at, kNoon + 1min);
  EXPECT_EQ(points[1].cannot_tell, 1u);
}

TEST(SeriesPoints, pass_over_phases_that_a_probe_did_not_have) {
  series::Sample with_tls = sample(1s, 10ms);
  with_tls.phases[2] = Micros(4ms);
  const std::vector<series::Sample> samples = {with_tls, sample(2s, 10ms)};
  const auto points = series_points({}, samples, 1min);
  EXPECT_EQ(points.at(0).phases[2].count, 1u);
  EXPECT_EQ(points.at(0).phases[2].sum, Micros(4ms));
  EXPECT_EQ(points.at(0).phases[0].count, 0u);
}

TEST(SeriesPoints, of_finished_hours_go_on_with_the_samples_of_the_one_under_way) {
  series::Rollup hour{.hour = kNoon, .passed = 3, .failed = 1, .cannot_tell = 0, .took = {}};
  for (int i = 0; i < 3; ++i) hour.took.add(20ms);
  const std::vector<series::Rollup> rollups = {hour};
  const std::vector<series::Sample> samples = {sample(61min, 10ms)};
  const auto points = series_points(rollups, samples, 2h);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].passed, 4u);
  EXPECT_EQ(points[0].failed, 1u);
  EXPECT_EQ(points[0].took.sum(), Micros(70ms));
}

}  // namespace
}  // namespace nocturn::monitoring
