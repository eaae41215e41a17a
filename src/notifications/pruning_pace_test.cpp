#include "notifications/pruning_pace.h"

#include <gtest/gtest.h>

namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr WallTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

TEST(PruningPace, follows_the_clock_from_minute_to_minute) {
  VirtualClock clock;
  PruningPace pace;
  WallTime oldest = kStart;
  for (int minute = 0; minute < 5000; ++minute, clock.advance(1min)) {
    const WallTime due = kStart + 1min * minute;
    const auto step = pace.next(due, oldest, clock.steady());
    EXPECT_EQ(step.before, due);
    EXPECT_FALSE(step.behind);
    oldest = std::max(oldest, due);
  }
}

TEST(PruningPace, goes_a_day_in_an_hour_when_the_clock_jumped_years_ahead) {
  VirtualClock clock;
  PruningPace pace;
  const WallTime due = kStart + days(4000);
  WallTime oldest = kStart;
  int told = 0;
  for (int minute = 0; minute < 10 * 60; ++minute, clock.advance(1min)) {
    const auto step = pace.next(due, oldest, clock.steady());
    EXPECT_LE(step.before, kStart + days(1 + minute / 60));
    told += step.behind ? 1 : 0;
    oldest = std::max(oldest, step.before);
  }
  EXPECT_EQ(oldest, kStart + days(10));
  EXPECT_EQ(told, 10) << "a line each hour";
  const WallTime mended = kStart + days(10) + 5min;
  EXPECT_EQ(pace.next(mended, oldest, clock.steady()).before, mended) << "the clock is right again";
}

TEST(PruningPace, gets_past_what_was_queued_long_before_it_ended) {
  VirtualClock clock;
  PruningPace pace;
  WallTime reached = kStart;
  for (int hour = 0; hour < 8; ++hour, clock.advance(1h))
    reached = pace.next(kStart + days(8), kStart, clock.steady()).before;  // the oldest stays
  EXPECT_EQ(reached, kStart + days(8));
}

TEST(PruningPace, begins_with_what_is_there_when_the_hub_was_away_for_long) {
  VirtualClock clock;
  PruningPace pace;
  EXPECT_EQ(pace.next(kStart + days(90), kStart + days(60), clock.steady()).before,
            kStart + days(61));
}

}  // namespace
}  // namespace nocturn::notifications
