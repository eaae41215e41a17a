#include <algorithm>
#include <atomic>
#include <future>
#include <list>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "monitoring/minute.h"
#include "monitoring/monitoring.h"
#include "monitoring/probe.h"
#include "monitoring/queue.h"
#include "monitoring/roster.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "net/tls_client.h"
#include "series/series.h"

// The thread of the Monitor: timers, probes under way, and the way of a result from its probe to
// the roster, the series store and the listener. What is decided is decided in roster.cpp.
namespace nocturn::monitoring {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Micros kSweepEvery = seconds(1);
// A probe started later than this after its time counts as late.
constexpr Micros kOnTime = milliseconds(100);
// And later than this it is not started at all, but given a new time: after a pause of the
// process all checks are overdue at once.
constexpr Micros kMissed = seconds(2);
// When this thread comes so much too late, a failure in that time may be its own: the answer was
// there and nobody read it.
constexpr Micros kBusy = milliseconds(500);

series::Sample sample_of(const Observation& observation) {
  const Phases& phases = observation.phases;
  return {observation.at,
          static_cast<series::Mark>(observation.outcome),
          observation.degraded,
          observation.took,
          {phases.resolve, phases.connect, phases.tls, phases.first_byte, phases.transfer}};
}

static_assert(static_cast<int>(Outcome::passed) == static_cast<int>(series::Mark::passed) &&
              static_cast<int>(Outcome::failed) == static_cast<int>(series::Mark::failed) &&
              static_cast<int>(Outcome::cannot_tell) ==
                  static_cast<int>(series::Mark::cannot_tell));

class LoopMonitor final : public Monitor {
 public:
  LoopMonitor(Options options, const Clock& clock, OnVerdict on_verdict);
  ~LoopMonitor() override;

  void watch(inventory::CloudPtr cloud, std::vector<VerdictChange> known) override {
    loop_.post([this, cloud = std::move(cloud), known = std::move(known)]() mutable {
      take_over(std::move(cloud), known);
    });
  }
  std::vector<CheckStand> stands() const override {
    const std::scoped_lock lock(mutex_);
    return roster_.stands(moment());
  }
  Result<Observation> probe_once(const inventory::CheckId& check) override;
  Counters counters() const override {
    return {probes_.load(), passed_.load(), failed_.load(), cannot_tell_.load(), late_.load()};
  }
  std::optional<ledger::Event> take_minute() override {
    const std::scoped_lock lock(mutex_);
    return minute_.take(clock_.wall());
  }

 private:
  struct Running {
    inventory::CloudPtr cloud;  // the probe looks at its check
    std::unique_ptr<RunningProbe> probe;
    ProbeQueue::Line line = ProbeQueue::Line::well;
    SteadyTime started;
    WallTime started_at;
  };
  struct Place {
    const ProbeKind* kind = nullptr;
    series::SeriesId samples = 0;
    net::Loop::TimerId timer = 0;
    SteadyTime due;
    std::unique_ptr<Running> running;
  };
  using Promise = std::promise<Result<Observation>>;
  struct Once {
    inventory::CloudPtr cloud;
    std::unique_ptr<RunningProbe> probe;
    Promise promise;
    WallTime started_at;
  };

  Moment moment() const { return {clock_.steady(), clock_.wall()}; }
  const ProbeKind* kind_of(const inventory::Check& check) const;
  void take_over(inventory::CloudPtr cloud, std::span<const VerdictChange> known);
  void abandon(Slot slot);
  void arm(Slot slot, SteadyTime due);
  void due(Slot slot);
  void note_lateness(SteadyTime due);
  void doubt_if_busy(const Running& running, const inventory::Check& check,
                     Observation& observation) const;
  void start(Slot slot, ProbeQueue::Line line);
  void start_waiting();
  void done(Slot slot, Observation observation);
  void count(Outcome outcome);
  void sweep();
  void probe_for(const inventory::CheckId& check, Promise promise);

  Options options_;
  const Clock& clock_;
  const OnVerdict on_verdict_;

  net::Loop loop_;
  net::Resolver resolver_;
  net::TlsClient tls_;
  ProbeWorld world_;

  // Of the loop's thread alone.
  inventory::CloudPtr cloud_;
  ProbeQueue queue_;
  std::vector<Place> places_;  // by slot
  std::list<Once> once_;
  // Probes that are done: one that is just calling us must not be destroyed yet.
  struct Finished {
    inventory::CloudPtr cloud;
    std::unique_ptr<RunningProbe> probe;
  };
  std::vector<Finished> finished_;
  SteadyTime busy_at_ = SteadyTime::min();  // when this thread last was far too late
  SteadyTime sweep_due_;

  mutable std::mutex mutex_;  // guards roster_ (changed by the loop's thread only) and minute_
  Roster roster_;
  MinuteBook minute_;

  std::atomic<std::uint64_t> probes_{0}, passed_{0}, failed_{0}, cannot_tell_{0}, late_{0};
  std::thread thread_;
};

LoopMonitor::LoopMonitor(Options options, const Clock& clock, OnVerdict on_verdict)
    : options_(std::move(options)),
      clock_(clock),
      on_verdict_(std::move(on_verdict)),
      loop_(clock),
      resolver_(loop_),
      world_{loop_, resolver_, tls_, options_.variable},
      queue_(options_.probes_at_once) {
  if (options_.kinds.empty()) options_.kinds = probe_kinds();
  thread_ = std::thread([this] {
    sweep();
    loop_.run();
  });
}

LoopMonitor::~LoopMonitor() {
  loop_.stop();
  thread_.join();
}

const ProbeKind* LoopMonitor::kind_of(const inventory::Check& check) const {
  for (const ProbeKind& kind : options_.kinds)
    if (kind.spec.name == check.kind) return &kind;
  return nullptr;
}

void LoopMonitor::take_over(inventory::CloudPtr cloud, std::span<const VerdictChange> known) {
  Roster::Plan plan;
  {
    const std::scoped_lock lock(mutex_);
    plan = roster_.watch(cloud, known, moment());
  }
  cloud_ = std::move(cloud);
  for (const Slot slot : plan.stop) abandon(slot);
  for (const auto& [slot, due] : plan.start) {
    if (slot >= places_.size()) places_.resize(slot + 1);
    const inventory::Check& check = roster_.check(slot);
    Place& place = places_[slot];
    place.kind = kind_of(check);
    if (place.kind == nullptr) {
      log::error("monitoring", "nobody can probe this kind of check",
                 {{"check", check.id.text()}, {"kind", check.kind}});
      continue;
    }
    if (options_.samples != nullptr) place.samples = options_.samples->id_of(check.id.text());
    arm(slot, due);
  }
  start_waiting();
}

void LoopMonitor::abandon(Slot slot) {
  if (slot >= places_.size()) return;
  Place& place = places_[slot];
  loop_.cancel(place.timer);
  queue_.forget(slot);
  if (place.running) queue_.leave(place.running->line);
  place = Place{};
}

void LoopMonitor::arm(Slot slot, SteadyTime due) {
  Place& place = places_[slot];
  place.due = due;
  place.timer = loop_.after(std::max(Micros{0}, due - loop_.now()), [this, slot] {
    places_[slot].timer = 0;
    this->due(slot);
  });
}

void LoopMonitor::due(Slot slot) {
  finished_.clear();
  const SteadyTime now = loop_.now();
  note_lateness(places_[slot].due);
  if (now - places_[slot].due > kMissed) {
    ++late_;
    arm(slot, roster_.postponed(slot, now));
    return;
  }
  const auto line = roster_.well(slot) ? ProbeQueue::Line::well : ProbeQueue::Line::ill;
  if (queue_.enter(slot, line)) start(slot, line);
}

void LoopMonitor::start(Slot slot, ProbeQueue::Line line) {
  Place& place = places_[slot];
  const SteadyTime now = loop_.now();
  if (now - place.due > kOnTime) ++late_;
  place.running = std::make_unique<Running>();
  Running& running = *place.running;
  running.cloud = cloud_;
  running.line = line;
  running.started = now;
  running.started_at = clock_.wall();
  running.probe = place.kind->start(
      roster_.check(slot), world_, [this, slot](Observation seen) { done(slot, std::move(seen)); });
}

void LoopMonitor::start_waiting() {
  while (const auto turn = queue_.next()) start(turn->slot, turn->line);
}

void LoopMonitor::note_lateness(SteadyTime due) {
  if (loop_.now() - due > kBusy) busy_at_ = loop_.now();
}

void LoopMonitor::doubt_if_busy(const Running& running, const inventory::Check& check,
                                Observation& observation) const {
  if (observation.outcome != Outcome::failed) return;
  const bool ended_late = loop_.now() - running.started > check.timeout + kBusy;
  if (!ended_late && busy_at_ < running.started) return;
  observation.outcome = Outcome::cannot_tell;
  observation.reason =
      "not believed, as this computer was too busy to probe in time: " + observation.reason;
}

void LoopMonitor::done(Slot slot, Observation observation) {
  Place& place = places_[slot];
  CHECK(place.running);
  const Running& running = *place.running;
  observation.at = running.started_at;
  doubt_if_busy(running, roster_.check(slot), observation);
  queue_.leave(running.line);
  Roster::Seen seen;
  {
    const std::scoped_lock lock(mutex_);
    seen = roster_.see(slot, observation, running.started, moment());
    minute_.add(roster_.instance(slot), roster_.check(slot).id, observation);
  }
  count(observation.outcome);
  if (options_.samples != nullptr) options_.samples->append(place.samples, sample_of(observation));
  finished_.push_back({std::move(place.running->cloud), std::move(place.running->probe)});
  place.running.reset();
  arm(slot, seen.next);
  if (seen.change) on_verdict_(*std::move(seen.change));
  start_waiting();
}

void LoopMonitor::count(Outcome outcome) {
  ++probes_;
  switch (outcome) {
    case Outcome::passed: ++passed_; break;
    case Outcome::failed: ++failed_; break;
    case Outcome::cannot_tell: ++cannot_tell_; break;
  }
}

void LoopMonitor::sweep() {
  finished_.clear();
  if (sweep_due_ != SteadyTime{}) note_lateness(sweep_due_);
  std::vector<VerdictChange> changes;
  {
    const std::scoped_lock lock(mutex_);
    changes = roster_.silence(moment());
  }
  for (VerdictChange& change : changes) on_verdict_(std::move(change));
  sweep_due_ = loop_.now() + kSweepEvery;
  loop_.after(kSweepEvery, [this] { sweep(); });
}

Result<Observation> LoopMonitor::probe_once(const inventory::CheckId& check) {
  Promise promise;
  auto outcome = promise.get_future();
  loop_.post([this, check, promise = std::move(promise)]() mutable {
    probe_for(check, std::move(promise));
  });
  try {
    return outcome.get();
  } catch (const std::future_error&) {
    return fail(ErrorCode::unavailable, "monitoring stopped before the probe ended");
  }
}

void LoopMonitor::probe_for(const inventory::CheckId& check, Promise promise) {
  const auto slot = roster_.find(check);
  const ProbeKind* kind = slot ? places_[*slot].kind : nullptr;
  if (kind == nullptr) {
    promise.set_value(about(
        check.text(), Result<Observation>(fail(ErrorCode::not_found, "there is no such check"))));
    return;
  }
  const auto once = once_.insert(once_.end(), Once{cloud_, {}, std::move(promise), clock_.wall()});
  once->probe = kind->start(roster_.check(*slot), world_, [this, once](Observation seen) {
    seen.at = once->started_at;
    once->promise.set_value(std::move(seen));
    finished_.push_back({std::move(once->cloud), std::move(once->probe)});
    once_.erase(once);
  });
}

}  // namespace

Result<std::unique_ptr<Monitor>> Monitor::start(Options options, const Clock& clock,
                                                OnVerdict on_verdict) {
  return std::make_unique<LoopMonitor>(std::move(options), clock, std::move(on_verdict));
}

}  // namespace nocturn::monitoring
