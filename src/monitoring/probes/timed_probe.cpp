#include "monitoring/probes/timed_probe.h"

#include "monitoring/probes/transcript.h"

namespace nocturn::monitoring {

TimedProbe::TimedProbe(const inventory::Check& check, ProbeWorld& world, ProbeDone done)
    : world_(world), done_(std::move(done)), timeout_(check.timeout) {
  const Clock& clock = world_.loop.clock();
  started_ = entered_ = clock.steady();
  observation_.at = clock.wall();
  timer_ = world_.loop.after(timeout_, [this] {
    timer_ = 0;
    on_deadline();
  });
}

TimedProbe::~TimedProbe() {
  if (timer_ != 0) world_.loop.cancel(timer_);
}

void TimedProbe::finish(Outcome outcome, std::string reason) {
  if (finished_) return;
  finished_ = true;
  enter(nullptr);
  observation_.took = world_.loop.clock().steady() - started_;
  observation_.outcome = outcome;
  observation_.reason = printable_line(reason);
  release();
  if (timer_ != 0) world_.loop.cancel(timer_);
  timer_ = world_.loop.after(Micros(0), [this] {
    timer_ = 0;
    auto done = std::move(done_);
    done(std::move(observation_));
  });
}

void TimedProbe::enter(Micros Phases::* phase) {
  const SteadyTime now = world_.loop.clock().steady();
  if (phase_ != nullptr) observation_.phases.*phase_ += now - entered_;
  entered_ = now;
  phase_ = phase;
  if (phase != nullptr && observation_.phases.*phase < Micros(0)) {
    observation_.phases.*phase = Micros(0);
  }
}

}  // namespace nocturn::monitoring
