#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inventory/model.h"
#include "monitoring/model.h"

// One check: when its outcomes become a verdict. Pure: knows no clock and does nothing but
// answer what is to be told. Its invariant: what was told last is remembered, and whatever the
// outcomes, the told verdict comes to agree with the confirmed one as soon as they settle.
//
// The rules in short:
// - `failures` failed probes in a row make an interruption, `recoveries` passed ones end it; in
//   between the state is soft and probed faster.
// - cannot_tell is neither failure nor recovery and breaks no run of either; `failures` of them
//   in a row, or silence, make the verdict unknown. Never red.
// - a performance issue is a median latency over `slow_above` (until under `slow_clear`), or
//   `failures` degraded passes in a row (until `recoveries` undegraded ones).
// - a check that flips too often flaps: that is told once, as a performance issue at least; then
//   it may be told to be worse but not better until it has settled.
namespace nocturn::monitoring {

// What the configuration says about one check.
struct Rules {
  explicit Rules(const inventory::Check& check);

  int failures, recoveries;
  Micros every, retry;
  Micros stale_after;  // without any result, the verdict is unknown
  Micros slow_above, slow_clear;
  std::size_t slow_of;
  bool flap_detection;
};

// What the rules need of an observation.
struct Sighting {
  Outcome outcome = Outcome::cannot_tell;
  bool degraded = false;
  Micros took{0};
  SteadyTime at;  // start of the probe
};

// A change to tell.
struct Change {
  Verdict before, after;
  SteadyTime since;  // never before the `since` of the change before
  bool flapping;
  bool operator==(const Change&) const = default;
};

// "slow: the median of the last 5 probes is above 800ms".
std::string slow_reason(std::size_t probes, Micros above);

class CheckState {
 public:
  // A check never seen before; `now` starts the time in which silence is fine.
  explicit CheckState(SteadyTime now) : heard_(now) {}
  // A check whose verdict was told by an earlier run.
  CheckState(SteadyTime now, Verdict told, bool flapping, SteadyTime since);

  std::optional<Change> see(const Rules& rules, const Sighting& sighting);
  // Is it silent for too long? To be asked now and then.
  std::optional<Change> silence(const Rules& rules, SteadyTime now);
  // Time in which nobody probed, through no fault of the check.
  void forgive(Micros pause) { heard_ += pause; }

  Verdict verdict() const { return told_; }
  bool flapping() const { return told_flapping_; }
  SteadyTime since() const { return told_since_; }
  // Whether a change is being confirmed, so that the next probe comes after `retry`.
  bool soft(const Rules& rules) const;

 private:
  enum class Availability : std::uint8_t { unset, up, down };

  std::optional<SteadyTime> count(const Rules& rules, const Sighting& sighting);
  std::optional<SteadyTime> grade(const Rules& rules, const Sighting& sighting);
  std::optional<SteadyTime> grade_latency(const Rules& rules, const Sighting& sighting);
  void detect_flapping(const Rules& rules, bool failed);
  void go_blind();
  Verdict confirmed() const;
  std::optional<Change> tell(SteadyTime since);

  Verdict told_ = Verdict::unknown;
  bool told_flapping_ = false;
  Availability availability_ = Availability::unset;
  bool blind_ = false;
  bool flapping_ = false;
  bool slow_ = false;
  bool degraded_ = false;
  bool run_failed_ = false;         // what the present run of telling outcomes is made of
  std::uint16_t run_ = 0;           // its length
  std::uint16_t cannot_tells_ = 0;  // in a row
  std::uint16_t degraded_run_ = 0, clean_run_ = 0;  // of passed probes
  std::uint32_t history_ = 0;  // the last 21 telling outcomes, newest lowest; 1 is failed
  bool has_history_ = false;
  std::uint8_t next_latency_ = 0;         // where the ring is written next
  std::vector<std::uint32_t> latencies_;  // microseconds; empty unless latency is judged
  SteadyTime told_since_ = SteadyTime::min();
  SteadyTime run_since_, cannot_tell_since_, grade_since_;
  SteadyTime heard_;
};

}  // namespace nocturn::monitoring
