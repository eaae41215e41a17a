#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inventory/model.h"
#include "ledger/ledger.h"
#include "monitoring/model.h"
#include "store/store.h"

namespace nocturn::series {
class SeriesStore;
}

// The front door of monitoring: runs the checks of a Cloud on its own loop thread, decides
// verdicts, and tells what changed.
namespace nocturn::monitoring {

struct ProbeKind;  // monitoring/probe.h

// The stand of one check, for pages and the API.
struct CheckStand {
  inventory::CheckId check;
  Verdict verdict = Verdict::unknown;
  bool soft = false;  // a change is being confirmed
  bool flapping = false;
  // Told by the wall clock of the call, however it was set since.
  WallTime since;      // of the verdict
  WallTime probed_at;  // of the newest observation
  Observation last;
};

// An interval of an instance's measured state; `until` empty while it lasts.
struct MeasuredInterval {
  inventory::InstanceId instance;
  Verdict verdict = Verdict::unknown;
  WallTime from;
  std::optional<WallTime> until;
  inventory::CheckId check;  // which explains it: of the lowest failing layer; empty when normal
  std::string reason;        // one line for operators, naming layer and check; empty when normal
};

// Called on the monitoring thread when a check's verdict changed. Must not block.
using OnVerdict = std::function<void(VerdictChange)>;

class Monitor {
 public:
  struct Options {
    std::size_t probes_at_once = 512;
    std::span<const ProbeKind> kinds = {};  // empty: all of probes/registry.cpp
    // A variable of the environment, for secrets given as {env: NAME}. Not set: there are none.
    std::function<std::optional<std::string>(const std::string& name)> variable;
    series::SeriesStore* samples = nullptr;  // gets every observation; outlives the Monitor
  };
  static Result<std::unique_ptr<Monitor>> start(Options options, const Clock& clock,
                                                OnVerdict on_verdict);
  virtual ~Monitor() = default;

  // Takes the checks of this cloud from now on; those that did not change keep state and rhythm.
  // `known` gives verdicts of an earlier run, so that a restart does not retell them.
  virtual void watch(inventory::CloudPtr cloud, std::vector<VerdictChange> known) = 0;
  // The stand of every check; a copy, from any thread.
  virtual std::vector<CheckStand> stands() const = 0;
  // Runs one check now, outside its rhythm and without effect on its state. Blocks.
  virtual Result<Observation> probe_once(const inventory::CheckId& check) = 0;

  struct Counters {
    std::uint64_t probes, passed, failed, cannot_tell, late;
  };
  virtual Counters counters() const = 0;

  // What was observed since the call before: the event "monitoring.minute" with counts of all
  // samples and of each instance in trouble, and a hash over all samples. The app records one a
  // minute. Nothing when nothing was observed. Thread-safe.
  virtual std::optional<ledger::Event> take_minute() = 0;
};

// ---- the recorded side ----

// Ledger events of monitoring and the tables made from them.
inline constexpr std::string_view kVerdictChanged = "monitoring.verdict.changed";
inline constexpr std::string_view kCheckRetired = "monitoring.check.retired";
inline constexpr std::string_view kMinute = "monitoring.minute";
inline constexpr std::string_view kWatchResumed = "monitoring.watch.resumed";
ledger::Event to_event(const VerdictChange& change);
// Events that close the verdicts of checks which `cloud` no longer has, so that their rows do
// not stay red for ever. To be recorded after each reload.
Result<std::vector<ledger::Event>> retirements(store::Reader& reader, const inventory::Cloud& cloud,
                                               WallTime now);
// The event that says that nobody watched from `stopped` until `resumed`: what was measured before
// ends there, and what is known goes on afterwards. To be recorded when a hub starts again.
ledger::Event watch_resumed(WallTime stopped, WallTime resumed);
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
std::span<const store::Migration> migrations();

// The newest recorded verdict of every check.
Result<std::vector<VerdictChange>> recorded_verdicts(store::Reader& reader);
// Measured intervals of all instances that overlap [from, until), in order of instance and time.
Result<std::vector<MeasuredInterval>> measured_intervals(store::Reader& reader, WallTime from,
                                                         WallTime until);
// Those of one instance, newest first, at most `limit` of them.
Result<std::vector<MeasuredInterval>> newest_intervals(store::Reader& reader,
                                                       const inventory::InstanceId& instance,
                                                       WallTime from, WallTime until,
                                                       std::size_t limit);

}  // namespace nocturn::monitoring
