#include "monitoring/check_history.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "monitoring/payload.h"

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::InstanceId;
using std::chrono::seconds;

WallTime at(int second) { return WallTime(seconds(1'800'000'000 + second)); }

// What the ledger holds about the checks of an instance.
class Log {
 public:
  Log& change(const std::string& check, Verdict after, int since, int recorded) {
    VerdictChange change;
    change.check = CheckId(check);
    change.instance = InstanceId("a");
    change.after = after;
    change.since = at(since);
    change.evidence.reason = after == Verdict::interruption ? "no answer" : "";
    return add(to_event(change), recorded);
  }
  Log& pause(int stopped, int resumed) {
    return add(watch_resumed(at(stopped), at(resumed)), resumed);
  }
  Log& retire(const std::string& check, int when) {
    return add({std::string(kCheckRetired), "instance/a",
                to_payload(Retirement{CheckId(check), InstanceId("a"), at(when)})},
               when);
  }
  Log& erase_newest() {
    entries_.back().event.payload.clear();
    return *this;
  }
  std::vector<MeasuredInterval> intervals() const {
    auto found = check_intervals(CheckId("a/http"), entries_);
    EXPECT_TRUE(found) << found.error().text();
    return found ? *found : std::vector<MeasuredInterval>{};
  }
  // "normal 0-20, interruption 20-"
  std::string told() const {
    std::string text;
    for (const MeasuredInterval& interval : intervals()) {
      if (!text.empty()) text += ", ";
      text +=
          fmt::format("{} {}-", name_of(interval.verdict), (interval.from - at(0)) / seconds(1));
      if (interval.until) text += fmt::format("{}", (*interval.until - at(0)) / seconds(1));
    }
    return text;
  }

 private:
  Log& add(ledger::Event event, int recorded) {
    entries_.push_back({entries_.size(), at(recorded), "id", std::move(event)});
    return *this;
  }
  std::vector<ledger::Entry> entries_;
};

TEST(CheckHistory, goes_from_the_first_failure_to_the_first_recovery_of_this_check_alone) {
  const Log log = Log()
                      .change("a/http", Verdict::normal, 0, 1)
                      .change("a/ssh", Verdict::interruption, 5, 6)
                      .change("a/http", Verdict::interruption, 20, 25)
                      .change("a/http", Verdict::normal, 40, 41);
  EXPECT_EQ(log.told(), "normal 0-20, interruption 20-40, normal 40-");
  EXPECT_EQ(log.intervals().at(1).reason, "no answer");
}

TEST(CheckHistory, knows_nothing_of_the_time_in_which_no_hub_watched) {
  EXPECT_EQ(Log().change("a/http", Verdict::normal, 0, 1).pause(50, 90).told(),
            "normal 0-50, unknown 50-90, normal 90-");
}

TEST(CheckHistory, ends_with_the_check_and_begins_again_with_it) {
  EXPECT_EQ(Log()
                .change("a/http", Verdict::normal, 0, 1)
                .retire("a/ssh", 20)
                .retire("a/http", 30)
                .change("a/http", Verdict::interruption, 70, 71)
                .told(),
            "normal 0-30, interruption 70-");
}

TEST(CheckHistory, passes_over_what_was_erased) {
  EXPECT_EQ(Log()
                .change("a/http", Verdict::normal, 0, 1)
                .change("a/http", Verdict::interruption, 20, 25)
                .erase_newest()
                .told(),
            "normal 0-");
}

RC_GTEST_PROP(CheckHistoryProperty, is_well_formed_whatever_is_recorded, ()) {
  Log log;
  int now = 0;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100))) {
    now += step % 7;
    const int since = now - step % 11;
    if (step < 80)
      log.change(step % 5 == 0 ? "a/ssh" : "a/http", static_cast<Verdict>(step % 4), since, now);
    else if (step < 90)
      log.retire("a/http", now);
    else
      log.pause(since, now);
  }
  const auto told = log.intervals();
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (told[i].until) RC_ASSERT(told[i].from < *told[i].until);
    if (i == 0) continue;
    RC_ASSERT(told[i - 1].until.has_value());
    RC_ASSERT(*told[i - 1].until <= told[i].from);
    if (*told[i - 1].until == told[i].from) RC_ASSERT(told[i - 1].verdict != told[i].verdict);
  }
}

}  // namespace
}  // namespace nocturn::monitoring
