#include "monitoring/roster.h"

#include <algorithm>
#include <tuple>

#include "base/log.h"
#include "monitoring/schedule.h"
#include "monitoring/verdict.h"

namespace nocturn::monitoring {
namespace {

// A longer gap between two sweeps means that this process did not run.
constexpr Micros kPause = std::chrono::seconds(5);

// What is kept of the newest observation of each check: 5,000 of them must stay small.
constexpr std::size_t kKeptReason = 512;
constexpr std::size_t kKeptLines = 8;
constexpr std::size_t kKeptMetrics = 16;

Observation without_bulk(Observation observation) {
  if (observation.reason.size() > kKeptReason) observation.reason.resize(kKeptReason);
  if (observation.metrics.size() > kKeptMetrics) observation.metrics.resize(kKeptMetrics);
  auto& lines = observation.transcript;
  if (observation.outcome == Outcome::passed) {
    lines.clear();
  } else if (lines.size() > kKeptLines) {
    lines.erase(lines.begin(), lines.end() - kKeptLines);
  }
  lines.shrink_to_fit();
  return observation;
}

WallTime on_wall(SteadyTime time, Moment now) {
  return now.wall - std::max(Micros{0}, now.steady - time);
}

bool same_options(const inventory::Options& left, const inventory::Options& right) {
  return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
    if (a.first != b.first || a.second.value.index() != b.second.value.index()) return false;
    if (const auto* section = std::get_if<inventory::Options>(&a.second.value))
      return same_options(*section, std::get<inventory::Options>(b.second.value));
    return std::visit(
        [&](const auto& value) {
          using Value = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, inventory::Options>) {
            return false;
          } else {
            return value == std::get<Value>(b.second.value);
          }
        },
        a.second.value);
  });
}

// Where it stands in the files does not matter.
bool same(const inventory::Check& left, const inventory::Check& right) {
  const auto rest = [](const inventory::Check& check) {
    const inventory::Confirmation& confirm = check.confirm;
    return std::tie(check.kind, check.every, check.timeout, check.layer, check.vantages,
                    confirm.failures, confirm.recoveries, confirm.retry, confirm.slow_above,
                    confirm.slow_clear, confirm.slow_of, confirm.flap_detection);
  };
  return rest(left) == rest(right) && same_options(left.options, right.options);
}

std::string reason_of(const Change& change, const Rules& rules, const std::string& observed) {
  if (change.flapping)
    return observed.empty() ? "passes and fails by turns"
                            : "passes and fails by turns; at last: " + observed;
  if (change.after == Verdict::performance && observed.empty())
    return slow_reason(rules.slow_of, rules.slow_above);
  return observed;
}

}  // namespace

Roster::Watched Roster::fresh(const inventory::Instance& instance, const inventory::Check& check,
                              const CheckState& state) const {
  Watched watched;
  watched.check = &check;
  watched.instance = &instance;
  watched.rules.emplace(check);
  watched.state = state;
  watched.offset = offset_of(check.id.text(), check.every);
  return watched;
}

Slot Roster::free_slot() {
  if (free_.empty()) {
    checks_.emplace_back();
    return static_cast<Slot>(checks_.size() - 1);
  }
  const Slot slot = free_.back();
  free_.pop_back();
  return slot;
}

void Roster::leave(Slot slot) {
  told_once_ -= checks_[slot].told_once;
  lost_ -= checks_[slot].lost;
  checks_[slot] = Watched{};
  free_.push_back(slot);
}

Roster::Plan Roster::watch(inventory::CloudPtr cloud, std::span<const VerdictChange> known,
                           Moment now) {
  std::unordered_map<std::string_view, const VerdictChange*> told;
  for (const VerdictChange& change : known) told[change.check.text()] = &change;

  Plan plan;
  std::unordered_map<inventory::CheckId, Slot> slots;
  for (const auto& [instance_id, instance] : cloud->instances) {
    for (const inventory::Check& check : instance.checks) {
      const auto before = slots_.find(check.id);
      if (before != slots_.end()) {
        const Slot slot = before->second;
        Watched& watched = checks_[slot];
        const bool unchanged = same(*watched.check, check);
        slots.emplace(check.id, slot);
        slots_.erase(before);
        if (unchanged) {
          watched.check = &check;
          watched.instance = &instance;
          continue;
        }
        const CheckState& old = watched.state;
        const CheckState kept(now.steady, old.verdict(), old.flapping(), old.since());
        told_once_ -= watched.told_once;
        lost_ -= watched.lost;
        watched = fresh(instance, check, kept);
        plan.stop.push_back(slot);
        plan.start.push_back({slot, first_due(now.steady, check.every, watched.offset)});
        continue;
      }
      CheckState state(now.steady);
      if (const auto found = told.find(check.id.text()); found != told.end()) {
        const VerdictChange& change = *found->second;
        const Micros ago = std::max(Micros{0}, now.wall - change.since);
        state = CheckState(now.steady, change.after, change.flapping, now.steady - ago);
      }
      const Slot slot = free_slot();
      checks_[slot] = fresh(instance, check, state);
      slots.emplace(check.id, slot);
      plan.start.push_back({slot, first_due(now.steady, check.every, checks_[slot].offset)});
    }
  }
  for (const auto& [id, slot] : slots_) {
    plan.stop.push_back(slot);
    leave(slot);
  }
  slots_ = std::move(slots);
  cloud_ = std::move(cloud);
  return plan;
}

// Counts the checks that told something once and now cannot.
void Roster::hear(Watched& watched, Outcome outcome) {
  const bool lost = outcome == Outcome::cannot_tell && watched.told_once;
  if (outcome != Outcome::cannot_tell && !watched.told_once) {
    watched.told_once = true;
    ++told_once_;
  }
  if (lost != watched.lost) lost ? ++lost_ : --lost_;
  watched.lost = lost;
}

Roster::Seen Roster::see(Slot slot, Observation& observation, SteadyTime started, Moment now) {
  Watched& watched = checks_[slot];
  CHECK(watched.check != nullptr);
  hear(watched, observation.outcome);
  if (observation.outcome == Outcome::failed &&
      prober_at_fault(cloud_->instances.size(), told_once_, lost_)) {
    observation.outcome = Outcome::cannot_tell;
    observation.reason = "not believed, as the prober itself seems cut off: " + observation.reason;
  }
  const Rules& rules = *watched.rules;
  const auto change = watched.state.see(
      rules, {observation.outcome, observation.degraded, observation.took, started});
  watched.last = without_bulk(observation);
  watched.probed = true;
  watched.probed_at = started;
  Seen seen;
  if (change) seen.change = tell(watched, *change, observation, now);
  seen.next =
      due_after(now.steady, rules.every, watched.offset, watched.state.soft(rules), rules.retry);
  return seen;
}

std::vector<VerdictChange> Roster::silence(Moment now) {
  const Micros gap = swept_ ? now.steady - *swept_ : Micros{0};
  swept_ = now.steady;
  std::vector<VerdictChange> changes;
  for (Watched& watched : checks_) {
    if (watched.check == nullptr) continue;
    if (gap > kPause) watched.state.forgive(gap);
    const auto change = watched.state.silence(*watched.rules, now.steady);
    if (!change) continue;
    Observation evidence = watched.last;
    evidence.outcome = Outcome::cannot_tell;
    evidence.reason = "no result for more than " + to_text(watched.rules->stale_after);
    changes.push_back(tell(watched, *change, std::move(evidence), now));
  }
  return changes;
}

VerdictChange Roster::tell(const Watched& watched, const Change& change, Observation evidence,
                           Moment now) const {
  evidence.reason = reason_of(change, *watched.rules, evidence.reason);
  return {watched.check->id, watched.instance->id,       watched.check->layer, change.before,
          change.after,      on_wall(change.since, now), change.flapping,      std::move(evidence)};
}

std::optional<Slot> Roster::find(const inventory::CheckId& id) const {
  const auto found = slots_.find(id);
  return found == slots_.end() ? std::nullopt : std::optional(found->second);
}

bool Roster::well(Slot slot) const {
  const Watched& watched = checks_[slot];
  if (watched.probed) return watched.last.outcome == Outcome::passed;
  const Verdict known = watched.state.verdict();
  return known == Verdict::normal || known == Verdict::performance;
}

SteadyTime Roster::postponed(Slot slot, SteadyTime now) const {
  const Watched& watched = checks_[slot];
  return due_after_pause(now, watched.rules->every, watched.offset);
}

std::vector<CheckStand> Roster::stands(Moment now) const {
  std::vector<CheckStand> stands;
  stands.reserve(slots_.size());
  for (const Watched& watched : checks_) {
    if (watched.check == nullptr) continue;
    const CheckState& state = watched.state;
    stands.push_back({watched.check->id, state.verdict(), state.soft(*watched.rules),
                      state.flapping(),
                      state.since() == SteadyTime::min() ? WallTime{} : on_wall(state.since(), now),
                      watched.probed ? on_wall(watched.probed_at, now) : WallTime{}, watched.last});
  }
  return stands;
}

}  // namespace nocturn::monitoring
