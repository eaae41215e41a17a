#include "monitoring/state.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn::monitoring {
namespace {

// Nagios's measure of flapping: 20 possible changes between 21 outcomes weigh 0.75 (oldest) to
// 1.25 (newest). In integers: 57 to 95, all together 1520.
constexpr int kChanges = 20;
constexpr int kNewestWeight = 95;
constexpr int kAllWeights = 1520;
constexpr int kFlapStartPercent = 30;  // at least
constexpr int kFlapStopPercent = 20;   // less than

constexpr std::size_t kMostLatencies = 255;

int flap_weight(std::uint32_t history) {
  std::uint32_t changes = (history ^ (history >> 1)) & ((1u << kChanges) - 1);
  int weight = 0;
  for (int age = 0; changes != 0; ++age, changes >>= 1)
    if (changes & 1) weight += kNewestWeight - 2 * age;
  return weight;
}

void count_up(std::uint16_t& count) {
  if (count != UINT16_MAX) ++count;
}

std::uint32_t clamp_micros(Micros took) {
  return static_cast<std::uint32_t>(std::clamp<Micros::rep>(took.count(), 0, UINT32_MAX));
}

}  // namespace

Rules::Rules(const inventory::Check& check)
    : failures(std::max(1, check.confirm.failures)),
      recoveries(std::max(1, check.confirm.recoveries)),
      every(check.every),
      retry(check.confirm.retry.count() > 0 ? std::min(check.confirm.retry, check.every)
                                            : check.every / 3),
      stale_after(std::max(
          {3 * check.every, check.every + 2 * check.timeout, Micros(std::chrono::seconds(10))})),
      slow_above(check.confirm.slow_above),
      slow_clear(check.confirm.slow_clear.count() > 0 ? check.confirm.slow_clear
                                                      : check.confirm.slow_above),
      slow_of(std::clamp<std::size_t>(static_cast<std::size_t>(std::max(1, check.confirm.slow_of)),
                                      1, kMostLatencies)),
      flap_detection(check.confirm.flap_detection) {}

CheckState::CheckState(SteadyTime now, Verdict told, bool flapping, SteadyTime since)
    : told_(told), told_flapping_(flapping), flapping_(flapping), told_since_(since), heard_(now) {
  switch (told) {
    case Verdict::unknown: break;
    case Verdict::normal: availability_ = Availability::up; break;
    case Verdict::interruption: availability_ = Availability::down; break;
    case Verdict::performance:
      // Which of the reasons it was is not known; each clears by its own rule.
      availability_ = Availability::up;
      if (!flapping) slow_ = degraded_ = true;
      break;
  }
}

std::optional<Change> CheckState::see(const Rules& rules, const Sighting& sighting) {
  heard_ = std::max(heard_, sighting.at + sighting.took);
  if (sighting.outcome == Outcome::cannot_tell) {
    if (cannot_tells_ == 0) cannot_tell_since_ = sighting.at;
    count_up(cannot_tells_);
    if (cannot_tells_ < rules.failures) return std::nullopt;
    go_blind();
    return tell(cannot_tell_since_);
  }
  cannot_tells_ = 0;
  auto since = count(rules, sighting);
  if (const auto graded = grade(rules, sighting); graded && !since) since = graded;
  detect_flapping(rules, sighting.outcome == Outcome::failed);
  return tell(since.value_or(sighting.at));
}

std::optional<Change> CheckState::silence(const Rules& rules, SteadyTime now) {
  if (now - heard_ <= rules.stale_after) return std::nullopt;
  go_blind();
  return tell(heard_);
}

std::string slow_reason(std::size_t probes, Micros above) {
  return fmt::format("slow: the median of the last {} probes is above {}", probes, to_text(above));
}

bool CheckState::soft(const Rules& rules) const {
  const bool known_down = availability_ == Availability::down && !blind_;
  if (run_ > 0 && run_failed_ && !known_down) return true;
  if (run_ > 0 && !run_failed_ && availability_ == Availability::down) return true;
  if (availability_ != Availability::up) return false;
  return (degraded_run_ > 0 && degraded_run_ < rules.failures && !degraded_) ||
         (clean_run_ > 0 && clean_run_ < rules.recoveries && degraded_);
}

// Follows runs of failed and passed probes; answers since when availability is another.
std::optional<SteadyTime> CheckState::count(const Rules& rules, const Sighting& sighting) {
  const bool failed = sighting.outcome == Outcome::failed;
  if (run_ == 0 || failed != run_failed_) {
    run_ = 0;
    run_failed_ = failed;
    run_since_ = sighting.at;
  }
  count_up(run_);
  const Availability reached = failed ? Availability::down : Availability::up;
  int needed = failed ? rules.failures : 1;
  if (!failed && availability_ == Availability::down) needed = rules.recoveries;
  if (run_ < needed || (availability_ == reached && !blind_)) return std::nullopt;
  availability_ = reached;
  blind_ = false;
  if (failed) {  // how slow it was before says nothing about how it comes back
    slow_ = degraded_ = false;
    degraded_run_ = clean_run_ = 0;
    latencies_.clear();
    next_latency_ = 0;
  }
  return run_since_;
}

// Follows how well it passes; answers since when that is another.
std::optional<SteadyTime> CheckState::grade(const Rules& rules, const Sighting& sighting) {
  if (sighting.outcome != Outcome::passed || availability_ != Availability::up) return std::nullopt;
  std::uint16_t& run = sighting.degraded ? degraded_run_ : clean_run_;
  (sighting.degraded ? clean_run_ : degraded_run_) = 0;
  if (run == 0) grade_since_ = sighting.at;
  count_up(run);
  std::optional<SteadyTime> since = grade_latency(rules, sighting);
  const int needed = sighting.degraded ? rules.failures : rules.recoveries;
  if (degraded_ != sighting.degraded && run >= needed) {
    degraded_ = sighting.degraded;
    if (!since) since = grade_since_;
  }
  return since;
}

std::optional<SteadyTime> CheckState::grade_latency(const Rules& rules, const Sighting& sighting) {
  const bool was_slow = slow_;
  if (rules.slow_above.count() <= 0) {
    slow_ = false;
  } else {
    if (latencies_.size() < rules.slow_of) {
      latencies_.push_back(clamp_micros(sighting.took));
    } else {
      latencies_[next_latency_] = clamp_micros(sighting.took);
      next_latency_ = static_cast<std::uint8_t>((next_latency_ + 1u) % rules.slow_of);
    }
    if (latencies_.size() < rules.slow_of) return std::nullopt;
    auto sorted = latencies_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const Micros median{*middle};
    if (median > rules.slow_above) slow_ = true;
    if (median < rules.slow_clear) slow_ = false;
  }
  return slow_ == was_slow ? std::nullopt : std::optional(sighting.at);
}

void CheckState::detect_flapping(const Rules& rules, bool failed) {
  if (!has_history_) {
    history_ = failed ? ~0u : 0u;  // as if it had always been so
    has_history_ = true;
  }
  history_ = (history_ << 1) | (failed ? 1u : 0u);
  const int weight = flap_weight(history_) * 100;
  if (weight >= kFlapStartPercent * kAllWeights) flapping_ = true;
  if (weight < kFlapStopPercent * kAllWeights) flapping_ = false;
  if (!rules.flap_detection) flapping_ = false;
}

void CheckState::go_blind() {
  blind_ = true;
  run_ = 0;
  degraded_run_ = clean_run_ = 0;
  flapping_ = false;
  has_history_ = false;
}

Verdict CheckState::confirmed() const {
  if (blind_ || availability_ == Availability::unset) return Verdict::unknown;
  if (availability_ == Availability::down) return Verdict::interruption;
  return slow_ || degraded_ ? Verdict::performance : Verdict::normal;
}

std::optional<Change> CheckState::tell(SteadyTime since) {
  Verdict verdict = confirmed();
  if (flapping_) verdict = std::max({verdict, told_, Verdict::performance});
  if (verdict == told_ && flapping_ == told_flapping_) return std::nullopt;
  // Inside an interval of flapping a run may have begun before the flapping was told.
  told_since_ = std::max(since, told_since_);
  const Change change{told_, verdict, told_since_, flapping_};
  told_ = verdict;
  told_flapping_ = flapping_;
  return change;
}

}  // namespace nocturn::monitoring
