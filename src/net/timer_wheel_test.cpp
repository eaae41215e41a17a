#include "net/timer_wheel.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace nocturn::net {
namespace {

std::vector<int> pop_all(TimerWheel& wheel, std::vector<int>& fired, TimerWheel::Tick now) {
  fired.clear();
  while (auto task = wheel.pop_due(now)) (*task)();
  return fired;
}

TEST(TimerWheel, hands_out_in_order_of_ticks_then_of_arming) {
  TimerWheel wheel(100);
  std::vector<int> fired;
  wheel.arm(105, [&] { fired.push_back(1); });
  wheel.arm(102, [&] { fired.push_back(2); });
  wheel.arm(105, [&] { fired.push_back(3); });
  EXPECT_EQ(pop_all(wheel, fired, 101), std::vector<int>{});
  EXPECT_EQ(pop_all(wheel, fired, 110), (std::vector<int>{2, 1, 3}));
  EXPECT_EQ(wheel.size(), 0u);
}

TEST(TimerWheel, keeps_order_when_the_owner_slept_for_many_rounds) {
  TimerWheel wheel(0);
  std::vector<int> fired;
  wheel.arm(8192 * 3 + 5, [&] { fired.push_back(3); });
  wheel.arm(8192 + 7, [&] { fired.push_back(2); });
  wheel.arm(5, [&] { fired.push_back(1); });
  EXPECT_EQ(pop_all(wheel, fired, 8192 * 10), (std::vector<int>{1, 2, 3}));
}

TEST(TimerWheel, what_a_task_arms_waits_for_a_later_tick) {
  TimerWheel wheel(0);
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    wheel.arm(0, again);
  };
  wheel.arm(0, again);
  while (auto task = wheel.pop_due(1)) (*task)();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(wheel.size(), 1u);
}

TEST(TimerWheel, a_due_task_can_cancel_another_of_the_same_tick) {
  TimerWheel wheel(0);
  int second_runs = 0;
  TimerWheel::Id second = 0;
  wheel.arm(1, [&] { EXPECT_TRUE(wheel.cancel(second)); });
  second = wheel.arm(1, [&] { ++second_runs; });
  while (auto task = wheel.pop_due(1)) (*task)();
  EXPECT_EQ(second_runs, 0);
}

TEST(TimerWheel, an_old_id_does_not_cancel_the_timer_that_took_its_place) {
  TimerWheel wheel(0);
  const auto old = wheel.arm(5, [] {});
  EXPECT_TRUE(wheel.cancel(old));
  EXPECT_FALSE(wheel.cancel(old));
  const auto fresh = wheel.arm(5, [] {});
  EXPECT_FALSE(wheel.cancel(old));
  EXPECT_TRUE(wheel.cancel(fresh));
  EXPECT_FALSE(wheel.cancel(0));
}

// Against a std::multimap ordered by tick, which keeps the order of insertion within one key.
RC_GTEST_PROP(TimerWheelProperty, does_what_a_sorted_map_does, ()) {
  TimerWheel::Tick now = *rc::gen::inRange(-20'000, 20'000);
  TimerWheel wheel(now);
  std::multimap<TimerWheel::Tick, int> model;
  std::map<int, TimerWheel::Id> ids;
  std::vector<int> fired;
  int serial = 0;
  const int steps = *rc::gen::inRange(1, 200);
  for (int step = 0; step < steps; ++step) {
    const int what = *rc::gen::inRange(0, 3);
    if (what == 0) {
      const auto due = now + *rc::gen::element(0, 1, 2, 63, 64, 8191, 8192, 8193, 30'000);
      const int name = serial++;
      ids[name] = wheel.arm(due, [&fired, name] { fired.push_back(name); });
      model.emplace(std::max(due, now + 1), name);
    } else if (what == 1 && serial > 0) {
      const int name = *rc::gen::inRange(0, serial);
      const auto erased = std::erase_if(model, [&](const auto& e) { return e.second == name; });
      RC_ASSERT(wheel.cancel(ids[name]) == (erased == 1));
    } else {
      now += *rc::gen::element(0, 1, 5, 64, 500, 8192, 20'000);
      std::vector<int> expected;
      while (!model.empty() && model.begin()->first <= now) {
        expected.push_back(model.begin()->second);
        model.erase(model.begin());
      }
      RC_ASSERT(pop_all(wheel, fired, now) == expected);
    }
    RC_ASSERT(wheel.size() == model.size());
    const auto visit = wheel.next_visit();
    RC_ASSERT(visit.has_value() == !model.empty());
    if (visit) RC_ASSERT(*visit > now && *visit <= model.begin()->first);
  }
}

}  // namespace
}  // namespace nocturn::net
