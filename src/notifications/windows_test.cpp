#include "notifications/windows.h"

#include <gtest/gtest.h>

namespace nocturn::notifications {
namespace {

using events::KnownWindow;
using inventory::MaintenanceEntry;
using std::chrono::hours;
using std::chrono::minutes;

const WallTime kNow = from_rfc3339("2026-11-22T06:00:00Z").value();

MaintenanceEntry entry(WallTime from, WallTime until, std::vector<std::string> instances = {"a"}) {
  MaintenanceEntry made{.name = "Storage", .from = from, .until = until, .instances = {}};
  for (const std::string& id : instances) made.instances.emplace_back(id);
  return made;
}

// Tells and remembers, as the newsroom does; what was said at that moment.
class Teller {
 public:
  std::vector<Step> look(const std::vector<MaintenanceEntry>& scheduled, WallTime now) {
    const WindowPlan plan = window_plan(scheduled, known_, now);
    again_at = plan.again_at;
    std::vector<Step> said;
    for (const WindowNews& news : plan.news) {
      said.push_back(news.step);
      last = news;
      std::erase_if(known_, [&](const KnownWindow& one) { return one.key == news.window.key; });
      if (!news.forgotten) known_.push_back(news.window);
    }
    return said;
  }
  WindowNews last;
  std::optional<WallTime> again_at;

 private:
  std::vector<KnownWindow> known_;
};

using Steps = std::vector<Step>;

TEST(Windows, are_announced_reminded_of_started_and_ended_once_each) {
  Teller teller;
  const std::vector plan{entry(kNow + hours(72), kNow + hours(74))};
  EXPECT_EQ(teller.look(plan, kNow), Steps{Step::announced});
  EXPECT_EQ(teller.again_at, kNow + hours(48));
  EXPECT_EQ(teller.look(plan, kNow + hours(47)), Steps{});
  EXPECT_EQ(teller.look(plan, kNow + hours(48)), Steps{Step::reminder});
  EXPECT_EQ(teller.look(plan, kNow + hours(72)), Steps{Step::started});
  EXPECT_EQ(teller.look(plan, kNow + hours(73)), Steps{});
  EXPECT_EQ(teller.look(plan, kNow + hours(74)), Steps{Step::ended});
  EXPECT_EQ(teller.look(plan, kNow + hours(75)), Steps{}) << "it still stands in the configuration";
}

TEST(Windows, that_were_announced_a_moment_ago_need_no_reminder) {
  Teller teller;
  const std::vector plan{entry(kNow + hours(5), kNow + hours(6))};
  EXPECT_EQ(teller.look(plan, kNow), Steps{Step::announced});
  EXPECT_EQ(teller.look(plan, kNow + minutes(1)), Steps{});
}

TEST(Windows, that_move_tell_both_times_and_everybody_who_was_or_is_concerned) {
  Teller teller;
  teller.look({entry(kNow + hours(72), kNow + hours(74), {"a", "b"})}, kNow);
  EXPECT_EQ(teller.look({entry(kNow + hours(96), kNow + hours(98), {"b", "c"})}, kNow + hours(1)),
            Steps{Step::moved});
  EXPECT_EQ(teller.last.instances, (std::vector<std::string>{"a", "b", "c"}));
  ASSERT_TRUE(teller.last.old_window);
  EXPECT_EQ(teller.last.old_window->from, kNow + hours(72));
}

TEST(Windows, that_are_extended_while_they_last_are_not_started_again) {
  Teller teller;
  teller.look({entry(kNow - hours(1), kNow + hours(1))}, kNow);
  EXPECT_EQ(teller.look({entry(kNow - hours(1), kNow + hours(3))}, kNow + minutes(30)),
            Steps{Step::moved});
  EXPECT_EQ(teller.look({entry(kNow - hours(1), kNow + hours(3))}, kNow + minutes(31)), Steps{});
  EXPECT_EQ(teller.look({entry(kNow - hours(1), kNow + hours(3))}, kNow + hours(3)),
            Steps{Step::ended});
}

TEST(Windows, of_one_name_are_told_apart_by_their_start) {
  Teller teller;
  const auto first = entry(kNow + hours(72), kNow + hours(74)),
             second = entry(kNow + hours(720), kNow + hours(722));
  EXPECT_EQ(teller.look({first}, kNow), Steps{Step::announced});
  EXPECT_EQ(teller.look({first, second}, kNow + hours(1)), Steps{Step::announced});
  EXPECT_EQ(teller.look({second}, kNow + hours(2)), Steps{Step::cancelled});
  EXPECT_EQ(teller.last.window.window.from, first.from);
}

TEST(Windows, that_vanish_before_their_end_are_cancelled_and_past_ones_are_no_news) {
  Teller teller;
  teller.look({entry(kNow + hours(72), kNow + hours(74))}, kNow);
  EXPECT_EQ(teller.look({}, kNow + hours(1)), Steps{Step::cancelled});
  EXPECT_EQ(teller.look({entry(kNow - hours(5), kNow - hours(4))}, kNow + hours(1)), Steps{});
}

}  // namespace
}  // namespace nocturn::notifications
