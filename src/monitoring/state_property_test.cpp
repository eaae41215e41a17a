#include <algorithm>
#include <cmath>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "monitoring/state.h"

// The state machine against a second, dumber one that remembers everything and counts again from
// the whole history at every step.
namespace nocturn::monitoring {
namespace {

using History = std::vector<Sighting>;

class Dumb {
 public:
  Dumb(Rules rules, History history) : rules_(rules), history_(std::move(history)) {
    for (std::size_t i = 0; i < history_.size(); ++i) step(i);
  }
  // What is told after each step.
  std::vector<std::pair<Verdict, bool>> told;

 private:
  enum Stand { unset, up, down };
  struct Facts {
    Stand stand = unset;
    bool blind = false, degraded = false, slow = false, flapping = false;
  };

  bool cannot_tell(std::size_t i) const { return history_[i].outcome == Outcome::cannot_tell; }
  bool failed(std::size_t i) const { return history_[i].outcome == Outcome::failed; }

  // `count` cannot_tells in a row end at `i`.
  bool blinded(std::size_t i) const {
    const auto count = static_cast<std::size_t>(rules_.failures);
    if (i + 1 < count) return false;
    for (std::size_t back = 0; back < count; ++back)
      if (!cannot_tell(i - back)) return false;
    return true;
  }
  // The probes up to `i` that told something, newest first, since the prober was last blind.
  std::vector<std::size_t> telling(std::size_t i) const {
    std::vector<std::size_t> found;
    for (std::size_t j = i + 1; j-- > 0;) {
      if (blinded(j)) break;
      if (!cannot_tell(j)) found.push_back(j);
    }
    return found;
  }
  bool run_of(const std::vector<std::size_t>& newest, int count, bool failures) const {
    if (newest.size() < static_cast<std::size_t>(count)) return false;
    for (int k = 0; k < count; ++k)
      if (failed(newest[static_cast<std::size_t>(k)]) != failures) return false;
    return true;
  }
  double flap_percent(const std::vector<std::size_t>& newest) const {
    double sum = 0;
    for (int change = 20; change >= 1; --change) {  // 20 is between the newest two
      const auto k = static_cast<std::size_t>(20 - change);
      const auto at = [&](std::size_t n) { return failed(newest[std::min(n, newest.size() - 1)]); };
      if (at(k) != at(k + 1)) sum += 0.75 + 0.5 * (change - 1) / 19;
    }
    return sum * 100 / 20;
  }
  // Passed probes that were graded: while up, since it was last down; newest first.
  std::vector<std::size_t> graded(std::size_t i) const {
    std::vector<std::size_t> found;
    for (std::size_t j = i + 1; j-- > 0;) {
      if (failed(j) && facts_[j].stand == down) break;
      if (history_[j].outcome == Outcome::passed && facts_[j].stand == up) found.push_back(j);
    }
    return found;
  }
  bool degraded_run(const std::vector<std::size_t>& newest, int count, bool degraded,
                    std::size_t i) const {
    const auto since_blind = telling(i);
    for (int k = 0; k < count; ++k) {
      const auto n = static_cast<std::size_t>(k);
      if (n >= newest.size() || history_[newest[n]].degraded != degraded) return false;
      if (std::find(since_blind.begin(), since_blind.end(), newest[n]) == since_blind.end())
        return false;
    }
    return true;
  }

  void step(std::size_t i) {
    Facts now = i == 0 ? Facts{} : facts_[i - 1];
    facts_.push_back(now);
    Facts& facts = facts_.back();
    if (blinded(i)) {
      facts.blind = true;
      facts.flapping = false;
    } else if (!cannot_tell(i)) {
      decide(i, facts);
    }
    tell(facts);
  }
  void decide(std::size_t i, Facts& facts) {
    const auto newest = telling(i);
    if (run_of(newest, rules_.failures, true)) {
      if (facts.stand != down || facts.blind) facts.slow = facts.degraded = false;
      facts.stand = down;
      facts.blind = false;
    } else if (run_of(newest, rules_.recoveries, false) || (!failed(i) && facts.stand != down)) {
      facts.stand = up;
      facts.blind = false;
    }
    if (!failed(i) && facts.stand == up) {
      const auto passed = graded(i);
      if (degraded_run(passed, rules_.failures, true, i)) facts.degraded = true;
      if (degraded_run(passed, rules_.recoveries, false, i)) facts.degraded = false;
      if (passed.size() >= rules_.slow_of) {
        std::vector<Micros> window;
        for (std::size_t k = 0; k < rules_.slow_of; ++k) window.push_back(history_[passed[k]].took);
        std::sort(window.begin(), window.end());
        if (window[window.size() / 2] > rules_.slow_above) facts.slow = true;
        if (window[window.size() / 2] < rules_.slow_clear) facts.slow = false;
      }
    }
    const double percent = flap_percent(newest);
    if (percent > 30 - 1e-9) facts.flapping = true;
    if (percent < 20 - 1e-9) facts.flapping = false;
    if (!rules_.flap_detection) facts.flapping = false;
  }
  void tell(const Facts& facts) {
    Verdict verdict = Verdict::unknown;
    if (!facts.blind && facts.stand == down) verdict = Verdict::interruption;
    if (!facts.blind && facts.stand == up)
      verdict = facts.slow || facts.degraded ? Verdict::performance : Verdict::normal;
    const Verdict before = told.empty() ? Verdict::unknown : told.back().first;
    if (facts.flapping && verdict < Verdict::performance) verdict = Verdict::performance;
    if (facts.flapping && verdict < before) verdict = before;
    told.emplace_back(verdict, facts.flapping);
  }

  Rules rules_;
  History history_;
  std::vector<Facts> facts_;
};

struct Case {
  Rules rules{inventory::Check{}};
  History history;
};

// Runs of outcomes rather than single ones, so that confirmations are reached.
Case any_case() {
  inventory::Check check;
  check.every = std::chrono::seconds(30);
  check.confirm.failures = *rc::gen::inRange(1, 5);
  check.confirm.recoveries = *rc::gen::inRange(1, 5);
  check.confirm.slow_of = *rc::gen::inRange(1, 8);
  check.confirm.slow_above = std::chrono::milliseconds(100);
  check.confirm.slow_clear = std::chrono::milliseconds(50);
  check.confirm.flap_detection = *rc::gen::arbitrary<bool>();
  Case made{Rules(check), {}};
  SteadyTime at{};
  const auto runs = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::weightedElement<int>({{4, 0}, {4, 1}, {1, 2}, {1, 3}}),
                     rc::gen::inRange(1, 9), rc::gen::element(10, 70, 150)));
  for (const auto& [kind, length, millis] : runs)
    for (int i = 0; i < length; ++i) {
      at += std::chrono::seconds(*rc::gen::inRange(1, 31));
      const Outcome outcome = kind == 1   ? Outcome::failed
                              : kind == 2 ? Outcome::cannot_tell
                                          : Outcome::passed;
      made.history.push_back({outcome, kind == 3, std::chrono::milliseconds(millis), at});
    }
  return made;
}

RC_GTEST_PROP(CheckStateProperty, agrees_with_counting_again_from_the_whole_history, ()) {
  const Case given = any_case();
  CheckState state{SteadyTime{}};
  const Dumb dumb(given.rules, given.history);
  for (std::size_t i = 0; i < given.history.size(); ++i) {
    state.see(given.rules, given.history[i]);
    RC_ASSERT(state.verdict() == dumb.told[i].first);
    RC_ASSERT(state.flapping() == dumb.told[i].second);
  }
}

RC_GTEST_PROP(CheckStateProperty, tells_changes_that_follow_on_one_another_and_never_back_in_time,
              ()) {
  const Case given = any_case();
  CheckState state{SteadyTime{}};
  Change last{Verdict::unknown, Verdict::unknown, SteadyTime::min(), false};
  for (const Sighting& sighting : given.history) {
    const auto change = state.see(given.rules, sighting);
    if (!change) continue;
    RC_ASSERT(change->before == last.after);
    RC_ASSERT(change->after != last.after || change->flapping != last.flapping);
    RC_ASSERT(change->since >= last.since);
    RC_ASSERT(change->since <= sighting.at);
    last = *change;
  }
}

RC_GTEST_PROP(CheckStateProperty, tells_an_interruption_only_after_so_many_failures, ()) {
  const Case given = any_case();
  CheckState state{SteadyTime{}};
  int failures = 0;  // in a row, cannot_tell not counting
  for (const Sighting& sighting : given.history) {
    if (sighting.outcome == Outcome::failed) ++failures;
    if (sighting.outcome == Outcome::passed) failures = 0;
    const auto change = state.see(given.rules, sighting);
    if (sighting.outcome == Outcome::cannot_tell)
      RC_ASSERT(!change || change->after == Verdict::unknown);
    if (change && change->after == Verdict::interruption && change->before != Verdict::interruption)
      RC_ASSERT(failures >= given.rules.failures);
  }
}

RC_GTEST_PROP(CheckStateProperty, ends_every_trouble_told_once_the_check_has_settled, ()) {
  Case given = any_case();
  CheckState state{SteadyTime{}};
  for (const Sighting& sighting : given.history) state.see(given.rules, sighting);
  SteadyTime at = given.history.empty() ? SteadyTime{} : given.history.back().at;
  for (int i = 0; i < 30; ++i) {
    at += std::chrono::seconds(30);
    state.see(given.rules, {Outcome::passed, false, std::chrono::milliseconds(10), at});
  }
  RC_ASSERT(state.verdict() == Verdict::normal);
  RC_ASSERT(!state.flapping());
  RC_ASSERT(!state.soft(given.rules));
}

}  // namespace
}  // namespace nocturn::monitoring
