#include "notifications/windows.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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
  const std::vector<KnownWindow>& known() const { return known_; }

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

TEST(Windows, that_moved_away_are_not_taken_for_a_new_one_in_their_place) {
  Teller teller;
  const auto at = [](int hour) { return entry(kNow + hours(hour), kNow + hours(hour + 2)); };
  teller.look({at(72)}, kNow);
  teller.look({at(96)}, kNow + hours(1));
  EXPECT_EQ(teller.look({at(72), at(96)}, kNow + hours(2)), Steps{Step::announced});
  EXPECT_EQ(teller.known().size(), 2U);
  EXPECT_EQ(teller.look({at(72), at(96)}, kNow + hours(3)), Steps{});
}

TEST(Windows, that_vanish_before_their_end_are_cancelled_and_past_ones_are_no_news) {
  Teller teller;
  teller.look({entry(kNow + hours(72), kNow + hours(74))}, kNow);
  EXPECT_EQ(teller.look({}, kNow + hours(1)), Steps{Step::cancelled});
  EXPECT_EQ(teller.look({entry(kNow - hours(5), kNow - hours(4))}, kNow + hours(1)), Steps{});
}

// A few names and starts, so that many come together.
std::vector<MaintenanceEntry> some_entries() {
  std::map<std::pair<std::string, WallTime>, MaintenanceEntry> some;  // as the configuration has it
  for (int n = *rc::gen::inRange(0, 5); n > 0; --n) {
    const WallTime from = kNow + hours(12) * *rc::gen::inRange(-1, 8);
    MaintenanceEntry one = entry(from, from + hours(6) * *rc::gen::inRange(1, 4));
    one.name = *rc::gen::element<std::string>("Storage", "Network");
    some.try_emplace({one.name, from}, one);
  }
  std::vector<MaintenanceEntry> list;
  for (const auto& [key, one] : some) list.push_back(one);
  return list;
}

RC_GTEST_PROP(WindowsProperty, are_known_as_long_as_they_stand_whatever_is_edited, ()) {
  Teller teller;
  WallTime now = kNow;
  for (int edit = 0; edit < 8; ++edit, now += hours(*rc::gen::inRange(1, 12))) {
    const auto scheduled = some_entries();
    teller.look(scheduled, now);
    std::set<std::pair<std::string, WallTime>> stand, known;
    std::set<std::string> keys;
    for (const MaintenanceEntry& one : scheduled)
      if (one.until > now) stand.emplace(one.name, one.from);
    for (const KnownWindow& one : teller.known()) {
      known.emplace(one.title, one.window.from);
      keys.insert(one.key);
    }
    RC_ASSERT(known == stand);
    RC_ASSERT(keys.size() == teller.known().size());
    RC_ASSERT(teller.look(scheduled, now).empty());
  }
}

// Looking only when the last look asked for it tells what looking every hour tells.
RC_GTEST_PROP(WindowsProperty, ask_to_be_looked_at_whenever_there_will_be_news, ()) {
  const auto scheduled = some_entries();
  const WallTime end = kNow + hours(24 * 7);
  std::vector<std::pair<WallTime, Steps>> hourly, asked;
  const auto look = [&](Teller& teller, WallTime now, auto& told) {
    Steps said = teller.look(scheduled, now);
    std::ranges::sort(said);
    if (!said.empty()) told.emplace_back(now, std::move(said));
  };
  Teller patient, eager;
  for (WallTime now = kNow; now <= end; now += hours(1)) look(patient, now, hourly);
  for (WallTime now = kNow; now <= end; now = eager.again_at.value_or(WallTime::max()))
    look(eager, now, asked);
  RC_ASSERT(asked == hourly);
}

}  // namespace
}  // namespace nocturn::notifications
