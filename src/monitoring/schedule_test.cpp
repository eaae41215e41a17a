#include <array>

#include "monitoring/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::monitoring {
namespace {

using std::chrono::seconds;

TEST(Schedule, keeps_the_place_of_a_check_across_builds) {
  EXPECT_EQ(offset_of("catalog-eu01/z3950", seconds(30)), Micros(21'810'000));
  EXPECT_NE(offset_of("catalog-eu01/z3950", seconds(30)),
            offset_of("catalog-eu02/z3950", seconds(30)));
}

TEST(Schedule, spreads_checks_evenly_over_their_interval) {
  std::array<int, 30> starts{};
  for (int i = 0; i < 3000; ++i)
    ++starts[static_cast<std::size_t>(offset_of(fmt::format("instance-{}/http", i), seconds(30)) /
                                      seconds(1))];
  for (const int count : starts) {
    EXPECT_GT(count, 60);
    EXPECT_LT(count, 145);
  }
}

TEST(Schedule, does_not_make_up_for_missed_runs_after_a_pause) {
  const Micros offset = seconds(7);
  SteadyTime due = next_due(SteadyTime(seconds(100)), seconds(30), offset);
  EXPECT_EQ(due, SteadyTime(seconds(127)));
  due = next_due(SteadyTime(seconds(100'000)), seconds(30), offset);  // a day of pause, one run
  EXPECT_EQ(due, SteadyTime(seconds(100'027)));
}

TEST(Schedule, probes_a_new_check_within_ten_seconds_whatever_its_interval) {
  const SteadyTime now(seconds(1000));
  EXPECT_LT(first_due(now, std::chrono::hours(1), std::chrono::minutes(59)), now + seconds(10));
}

TEST(Schedule, takes_up_its_rhythm_after_a_pause) {
  const SteadyTime now(seconds(100'000));
  EXPECT_EQ(due_after_pause(now, seconds(30), seconds(7)), next_due(now, seconds(30), seconds(7)));
  EXPECT_LT(due_after_pause(now, std::chrono::hours(1), std::chrono::minutes(59)),
            now + seconds(30));
}

RC_GTEST_PROP(ScheduleProperty, is_always_later_and_within_one_interval_at_the_same_place, ()) {
  const Micros every{*rc::gen::inRange<std::int64_t>(1, 100'000'000)};
  const Micros offset{*rc::gen::inRange<std::int64_t>(0, every.count())};
  const SteadyTime now{Micros{*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000'000)}};
  const SteadyTime due = next_due(now, every, offset);
  RC_ASSERT(due > now);
  RC_ASSERT(due <= now + every);
  RC_ASSERT((due.time_since_epoch() - offset) % every == Micros{0});
  RC_ASSERT(next_due(due, every, offset) == due + every);
}

RC_GTEST_PROP(ScheduleProperty, comes_sooner_while_a_change_is_confirmed_and_never_later, ()) {
  const Micros every{*rc::gen::inRange<std::int64_t>(1, 100'000'000)};
  const Micros offset{*rc::gen::inRange<std::int64_t>(0, every.count())};
  const Micros retry{*rc::gen::inRange<std::int64_t>(1, every.count() + 1)};
  const SteadyTime now{Micros{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000)}};
  RC_ASSERT(due_after(now, every, offset, true, retry) <= now + retry);
  RC_ASSERT(due_after(now, every, offset, true, retry) <=
            due_after(now, every, offset, false, retry));
}

}  // namespace
}  // namespace nocturn::monitoring
