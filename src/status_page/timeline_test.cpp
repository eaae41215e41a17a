#include <tuple>

#include "status_page/timeline.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "status_page/days.h"
#include "status_page/local_days.h"

namespace nocturn::status_page {
namespace {

using monitoring::MeasuredInterval;
using monitoring::Verdict;
using namespace std::chrono_literals;

WallTime at(Micros offset) { return WallTime(std::chrono::sys_days(2026y / 10 / 20)) + offset; }

MeasuredInterval measured(Verdict verdict, Micros from, std::optional<Micros> until = {}) {
  MeasuredInterval interval;
  interval.verdict = verdict;
  interval.from = at(from);
  if (until) interval.until = at(*until);
  return interval;
}

std::string told(const History& history, Micros from, Micros until) {
  std::string text;
  for (const Stretch& stretch : timeline(history, {at(from), at(until)}))
    text += fmt::format(
        "{}h {} ({})\n",
        std::chrono::duration_cast<std::chrono::hours>(stretch.span.from - at(0h)).count(),
        name_of(stretch.shown.indicator), name_of(stretch.shown.cause));
  return text;
}

TEST(Indicator, a_person_has_the_last_word_and_the_contradiction_is_told) {
  Truth truth{true, Verdict::interruption, Indicator::normal, true, false};
  EXPECT_EQ(shown(truth), (Shown{Indicator::normal, Cause::declared}));
  EXPECT_TRUE(contradicts(truth));
  truth.declared = Indicator::performance;
  EXPECT_FALSE(contradicts(truth));
  truth.declared = Indicator::interruption;
  truth.measured = Verdict::normal;
  EXPECT_TRUE(contradicts(truth));
  truth.measured = Verdict::unknown;
  EXPECT_FALSE(contradicts(truth)) << "nothing measured contradicts nobody";
}

TEST(Indicator, a_maintenance_window_excuses_only_what_began_within_it) {
  EXPECT_EQ(shown({true, Verdict::interruption, {}, true, false}),
            (Shown{Indicator::maintenance, Cause::maintenance}));
  EXPECT_EQ(shown({true, Verdict::interruption, {}, true, true}),
            (Shown{Indicator::interruption, Cause::measured}));
  EXPECT_EQ(shown({true, Verdict::normal, {}, true, true}),
            (Shown{Indicator::maintenance, Cause::maintenance}));
}

TEST(Indicator, what_cannot_be_told_is_neither_red_nor_green) {
  EXPECT_EQ(shown({true, Verdict::unknown, {}, false, false}),
            (Shown{Indicator::information, Cause::unmeasured}));
  EXPECT_EQ(shown({false, Verdict::unknown, {}, false, false}),
            (Shown{Indicator::information, Cause::no_checks}));
}

TEST(Timeline, tells_the_day_of_an_instance) {
  const std::vector<MeasuredInterval> intervals = {
      measured(Verdict::normal, 2h, 5h),         measured(Verdict::performance, 5h, 6h),
      measured(Verdict::interruption, 6h, 9h),   measured(Verdict::normal, 9h, 14h),
      measured(Verdict::interruption, 14h, 15h), measured(Verdict::normal, 15h)};
  std::vector<DeclaredInterval> declared(1);
  declared[0].declaration.indicator = Indicator::information;
  declared[0].declaration.at = at(17h);
  declared[0].until = at(18h);
  History history{true, intervals, declared, {{at(7h), at(10h)}, {at(13h), at(16h)}}, {}};
  EXPECT_EQ(told(history, 0h, 20h),
            "0h information (unmeasured)\n"
            "2h normal (measured)\n"
            "5h performance (measured)\n"
            "6h interruption (measured)\n"  // began before the window at 7, which excuses nothing
            "9h maintenance (maintenance)\n"
            "10h normal (measured)\n"
            "13h maintenance (maintenance)\n"
            "14h maintenance (maintenance)\n"  // what the work does
            "15h maintenance (maintenance)\n"
            "16h normal (measured)\n"
            "17h information (declared)\n"
            "18h normal (measured)\n");
  history.stale_since = at(19h);
  EXPECT_EQ(timeline(history, {at(18h), at(20h)}).back().shown.cause, Cause::unmeasured);
}

// ---- day cells against a second implementation that looks at every minute ----

constexpr int kMinutes = 12 * 24 * 60;  // of history, around a change of clocks

struct Plan {
  std::vector<std::pair<int, Verdict>> changes;  // at minute
  std::vector<std::pair<int, int>> windows;      // minutes [from, until)
  std::vector<std::tuple<int, int, Indicator>> declared;
};

rc::Gen<Plan> plans() {
  return rc::gen::exec([] {
    Plan plan;
    std::map<int, Verdict> changes;
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i)
      changes[*rc::gen::inRange(0, kMinutes)] = static_cast<Verdict>(*rc::gen::inRange(0, 4));
    plan.changes.assign(changes.begin(), changes.end());
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const int from = *rc::gen::inRange(0, kMinutes - 1);
      plan.windows.emplace_back(from, from + *rc::gen::inRange(1, 3000));
    }
    int free_from = 0;
    for (int i = *rc::gen::inRange(0, 4); i > 0 && free_from < kMinutes - 10; --i) {
      const int from = *rc::gen::inRange(free_from, kMinutes);
      const int until = from + *rc::gen::inRange(1, 3000);
      plan.declared.emplace_back(from, until,
                                 static_cast<Indicator>(*rc::gen::inRange(0, kIndicators)));
      free_from = until;
    }
    return plan;
  });
}

Micros minute(int number) { return std::chrono::minutes(number); }

struct Recorded {
  std::vector<MeasuredInterval> measured;
  std::vector<DeclaredInterval> declared;
  History history;
};

void record(const Plan& plan, Recorded& out) {
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    MeasuredInterval interval = measured(plan.changes[i].second, minute(plan.changes[i].first));
    if (i + 1 < plan.changes.size()) interval.until = at(minute(plan.changes[i + 1].first));
    out.measured.push_back(interval);
  }
  for (const auto& [from, until, indicator] : plan.declared) {
    DeclaredInterval interval;
    interval.declaration.indicator = indicator;
    interval.declaration.at = at(minute(from));
    interval.until = at(minute(until));
    out.declared.push_back(interval);
  }
  out.history = {true, out.measured, out.declared, {}, {}};
  for (const auto& [from, until] : plan.windows)
    out.history.windows.push_back({at(minute(from)), at(minute(until))});
}

// What the row shows in one minute, found by looking at everything from the beginning.
Shown dumb_shown(const Plan& plan, int moment) {
  for (const auto& [from, until, indicator] : plan.declared)
    if (from <= moment && moment < until) return {indicator, Cause::declared};
  Verdict verdict = Verdict::unknown;
  int trouble_since = -1;
  for (const auto& [from, after] : plan.changes) {
    if (from > moment) break;
    if (!is_trouble(after))
      trouble_since = -1;
    else if (trouble_since < 0)
      trouble_since = from;
    verdict = after;
  }
  bool in_window = false, before = false;
  for (const auto& [from, until] : plan.windows)
    if (from <= moment && moment < until) {
      in_window = true;
      before = before || (trouble_since >= 0 && trouble_since < from);
    }
  if (in_window && !before) return {Indicator::maintenance, Cause::maintenance};
  switch (verdict) {
    case Verdict::normal: return {Indicator::normal, Cause::measured};
    case Verdict::performance: return {Indicator::performance, Cause::measured};
    case Verdict::interruption: return {Indicator::interruption, Cause::measured};
    case Verdict::unknown: break;
  }
  return {Indicator::information, Cause::unmeasured};
}

const char* const kZones[] = {"Europe/Amsterdam",    "America/Chicago", "Asia/Singapore",
                              "Australia/Lord_Howe", "America/Havana",  "Asia/Kathmandu"};

RC_GTEST_PROP(DayCells, agree_with_counting_every_minute, ()) {
  const Plan plan = *plans();
  const auto zone = TimeZone::find(
      *rc::gen::elementOf(std::vector<std::string>(std::begin(kZones), std::end(kZones))));
  RC_ASSERT(zone.has_value());
  // October 26 to 31: clocks change in Europe on the 25th; Chicago and Havana on November 1.
  const int now = *rc::gen::inRange(6 * 24 * 60, kMinutes);
  const std::vector<WallTime> starts = day_starts(*zone, at(minute(now)), 5);
  Recorded recorded;
  record(plan, recorded);
  const auto stretches = timeline(recorded.history, {starts.front(), at(minute(now)) + Micros(1)});
  const auto cells = day_cells(stretches, starts, at(minute(now)));

  RC_ASSERT(cells.size() == 5u);
  std::vector<DayCell> dumb(5);
  for (int moment = 0; moment < now; ++moment) {
    const WallTime time = at(minute(moment));
    if (time < starts.front()) continue;
    std::size_t day = 0;
    while (starts[day + 1] <= time) ++day;
    const Shown showing = dumb_shown(plan, moment);
    if (showing.cause == Cause::unmeasured)
      dumb[day].unmeasured += 1min;
    else
      dumb[day].in[static_cast<std::size_t>(showing.indicator)] += 1min;
  }
  for (std::size_t day = 0; day < 5; ++day) {
    RC_ASSERT(cells[day].in == dumb[day].in);
    RC_ASSERT(cells[day].unmeasured == dumb[day].unmeasured);
    Micros sum = cells[day].unmeasured;
    for (const Micros part : cells[day].in) sum += part;
    RC_ASSERT(sum == cells[day].span.until - cells[day].span.from);
    std::optional<Indicator> worst;
    for (int i = 0; i < kIndicators; ++i)
      if (dumb[day].in[static_cast<std::size_t>(i)] > 0s) worst = static_cast<Indicator>(i);
    RC_ASSERT(cells[day].worst == worst);
  }
}

TEST(DayCells, a_day_has_25_hours_when_clocks_go_back_and_23_when_they_go_forward) {
  const TimeZone amsterdam = TimeZone::find("Europe/Amsterdam").value();
  const auto lengths = [&](WallTime now) {
    const auto starts = day_starts(amsterdam, now, 3);
    return std::pair(starts[1] - starts[0], starts[2] - starts[1]);
  };
  EXPECT_EQ(lengths(WallTime(std::chrono::sys_days(2026y / 10 / 26)) + 12h),
            (std::pair<Micros, Micros>(24h, 25h)));
  EXPECT_EQ(lengths(WallTime(std::chrono::sys_days(2026y / 3 / 30)) + 12h),
            (std::pair<Micros, Micros>(24h, 23h)));
}

TEST(DayCells, an_interruption_of_seconds_is_told_as_a_minute) {
  EXPECT_EQ(minutes_up(0s), 0);
  EXPECT_EQ(minutes_up(1us), 1);
  EXPECT_EQ(minutes_up(60s), 1);
  EXPECT_EQ(minutes_up(61s), 2);
}

}  // namespace
}  // namespace nocturn::status_page
