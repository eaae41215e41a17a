#include "status_page/timeline.h"

#include <algorithm>

namespace nocturn::status_page {
namespace {

using monitoring::MeasuredInterval;

// Walks forward through intervals sorted by time; moments may only rise.
template <class Interval, class From, class Until>
class Cursor {
 public:
  Cursor(std::span<const Interval> intervals, From from, Until until)
      : intervals_(intervals), from_(from), until_(until) {}

  // The interval that holds `moment`, or null.
  const Interval* at(WallTime moment) {
    while (next_ < intervals_.size()) {
      const std::optional<WallTime> until = until_(intervals_[next_]);
      if (!until || *until > moment) break;
      ++next_;
    }
    if (next_ == intervals_.size() || from_(intervals_[next_]) > moment) return nullptr;
    return &intervals_[next_];
  }

 private:
  std::span<const Interval> intervals_;
  From from_;
  Until until_;
  std::size_t next_ = 0;
};

// Measured intervals with the start of the run of trouble each belongs to.
struct Run {
  const MeasuredInterval* interval;
  WallTime trouble_since;
};

std::vector<Run> runs_of(std::span<const MeasuredInterval> measured) {
  std::vector<Run> runs;
  runs.reserve(measured.size());
  for (const MeasuredInterval& interval : measured) {
    WallTime since = interval.from;
    if (!runs.empty() && is_trouble(runs.back().interval->verdict) &&
        runs.back().interval->until == interval.from)
      since = runs.back().trouble_since;
    runs.push_back({&interval, since});
  }
  return runs;
}

Truth judge(const History& history, const Run* run, const DeclaredInterval* declared,
            WallTime moment) {
  Truth truth;
  truth.has_checks = history.has_checks;
  truth.exists =
      run != nullptr || declared != nullptr || !history.added || moment >= *history.added;
  const bool stale = history.stale_since && moment >= *history.stale_since;
  if (run != nullptr && !stale) truth.measured = run->interval->verdict;
  if (declared != nullptr) truth.declared = declared->declaration.indicator;
  for (const Window& window : history.windows) {
    if (moment < window.from || moment >= window.until) continue;
    truth.in_window = true;
    if (run != nullptr && is_trouble(truth.measured) && run->trouble_since < window.from)
      truth.trouble_first = true;
  }
  return truth;
}

// Every moment at which something begins or ends, inside the span and with its two ends.
std::vector<WallTime> turning_points(const History& history, Window span) {
  std::vector<WallTime> points = {span.from, span.until};
  const auto add = [&](WallTime moment) {
    if (moment > span.from && moment < span.until) points.push_back(moment);
  };
  for (const MeasuredInterval& interval : history.measured) {
    add(interval.from);
    if (interval.until) add(*interval.until);
  }
  for (const DeclaredInterval& interval : history.declared) {
    add(interval.declaration.at);
    if (interval.until) add(*interval.until);
  }
  for (const Window& window : history.windows) {
    add(window.from);
    add(window.until);
  }
  if (history.stale_since) add(*history.stale_since);
  if (history.added) add(*history.added);
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

// Measured and declared intervals side by side, asked for rising moments.
class Walk {
 public:
  explicit Walk(const History& history)
      : history_(history),
        runs_(runs_of(history.measured)),
        measured_(
            runs_, [](const Run& run) { return run.interval->from; },
            [](const Run& run) { return run.interval->until; }),
        declared_(
            history.declared, [](const DeclaredInterval& d) { return d.declaration.at; },
            [](const DeclaredInterval& d) { return d.until; }) {}

  Stretch stretch(Window span) {
    const DeclaredInterval* declared = declared_.at(span.from);
    const Run* run = measured_.at(span.from);
    const Truth truth = judge(history_, run, declared, span.from);
    Stretch stretch{span, shown(truth), truth.measured, {}, {}};
    if (stretch.shown.cause == Cause::declared) stretch.because = declared->declaration.because;
    if (is_trouble(truth.measured)) stretch.check = run->interval->check;
    return stretch;
  }
  Truth truth(WallTime moment) {
    return judge(history_, measured_.at(moment), declared_.at(moment), moment);
  }

 private:
  using Start = WallTime (*)(const Run&);
  using End = std::optional<WallTime> (*)(const Run&);
  using DeclaredStart = WallTime (*)(const DeclaredInterval&);
  using DeclaredEnd = std::optional<WallTime> (*)(const DeclaredInterval&);

  const History& history_;
  std::vector<Run> runs_;
  Cursor<Run, Start, End> measured_;
  Cursor<DeclaredInterval, DeclaredStart, DeclaredEnd> declared_;
};

bool alike(const Stretch& left, const Stretch& right) {
  return left.shown == right.shown && left.measured == right.measured &&
         left.because == right.because && left.check == right.check;
}

}  // namespace

std::vector<Stretch> timeline(const History& history, Window span) {
  const std::vector<WallTime> points = turning_points(history, span);
  Walk walk(history);
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    Stretch next = walk.stretch({points[i], points[i + 1]});
    if (!stretches.empty() && alike(stretches.back(), next))
      stretches.back().span.until = next.span.until;
    else
      stretches.push_back(std::move(next));
  }
  return stretches;
}

Truth truth_at(const History& history, WallTime moment) { return Walk(history).truth(moment); }

}  // namespace nocturn::status_page
