#pragma once

#include <string>
#include <string_view>

#include "monitoring/probe.h"

// The base of probes that are no Dialogue, because a library or another program does the talking:
// holds the one total deadline, times the phases, and tells the observation once, on a later turn
// of the loop.
//
// Invariant: exactly one finish() counts, and after it nothing of the probe touches the loop but
// the telling itself.
namespace nocturn::monitoring {

class TimedProbe : public RunningProbe {
 public:
  TimedProbe(const inventory::Check& check, ProbeWorld& world, ProbeDone done);
  ~TimedProbe() override;

 protected:
  // The time is over: finish now.
  virtual void on_deadline() = 0;
  // Lets go of descriptors, processes and look-ups. Called once, before the observation is told
  // or when the probe is abandoned; a class must call it in its own destructor if not finished().
  virtual void release() = 0;

  void finish(Outcome outcome, std::string reason);
  bool finished() const { return finished_; }

  // From here on the time belongs to this phase; null: to none.
  void enter(Micros Phases::* phase);
  bool is_in(Micros Phases::* phase) const { return phase_ == phase; }

  Observation& observation() { return observation_; }
  ProbeWorld& world() { return world_; }
  Micros timeout() const { return timeout_; }

 private:
  ProbeWorld& world_;
  ProbeDone done_;
  Observation observation_;
  Micros timeout_;
  SteadyTime started_, entered_;
  Micros Phases::* phase_ = nullptr;
  net::Loop::TimerId timer_ = 0;
  bool finished_ = false;
};

}  // namespace nocturn::monitoring
