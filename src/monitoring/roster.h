#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "inventory/model.h"
#include "monitoring/model.h"
#include "monitoring/monitoring.h"
#include "monitoring/state.h"

// All checks of a cloud and what is known of each: everything of the Monitor but its thread, its
// probes and its timers, so that a year of it can be simulated in seconds. A check keeps its
// place (Slot) as long as it is watched; places of checks that went are used again.
//
// Clock steps cannot harm: durations are steady, and wall times are counted back from now.
namespace nocturn::monitoring {

struct Moment {
  SteadyTime steady;
  WallTime wall;
};

using Slot = std::uint32_t;

class Roster {
 public:
  // What watch() makes the caller do.
  struct Plan {
    struct Start {
      Slot slot;
      SteadyTime due;
    };
    std::vector<Slot> stop;    // went or changed: abandon probe and timer
    std::vector<Start> start;  // came or changed: first probe
  };
  // Checks whose configuration is the same keep state and rhythm; changed ones keep their
  // verdict. `known` are verdicts of an earlier run, for checks that are new here.
  Plan watch(inventory::CloudPtr cloud, std::span<const VerdictChange> known, Moment now);

  struct Seen {
    std::optional<VerdictChange> change;
    SteadyTime next;  // when to probe again
  };
  // Takes the result of a probe that started at `started`. Changes the observation where it is
  // not believed because the prober itself is at fault.
  Seen see(Slot slot, Observation& observation, SteadyTime started, Moment now);
  // Checks that were silent for too long. To be called about every second: a longer gap between
  // calls was a pause of this process, and no check's fault.
  std::vector<VerdictChange> silence(Moment now);

  const inventory::Check& check(Slot slot) const { return *checks_[slot].check; }
  const inventory::InstanceId& instance(Slot slot) const { return checks_[slot].instance->id; }
  std::optional<Slot> find(const inventory::CheckId& id) const;
  // Whether the newest probe passed, or, before the first, the check was well in an earlier run.
  bool well(Slot slot) const;
  // A probe that was not started in time: the moment of its next chance.
  SteadyTime postponed(Slot slot, SteadyTime now) const;
  std::size_t size() const { return slots_.size(); }
  std::vector<CheckStand> stands(Moment now) const;

 private:
  struct Watched {
    const inventory::Check* check = nullptr;  // in cloud_; null: a free place
    const inventory::Instance* instance = nullptr;
    std::optional<Rules> rules;
    CheckState state{SteadyTime{}};
    Micros offset{0};
    Observation last;  // without what would make it large
    bool probed = false;
    SteadyTime probed_at{};  // when the newest probe started
    bool told_once = false;  // a probe passed or failed, here or in an earlier run
    bool lost = false;       // and the newest one cannot tell
  };
  Watched fresh(const inventory::Instance& instance, const inventory::Check& check,
                const CheckState& state) const;
  Slot free_slot();
  void leave(Slot slot);
  void hear(Watched& watched, Outcome outcome);
  VerdictChange tell(const Watched& watched, const Change& change, Observation evidence,
                     Moment now) const;

  inventory::CloudPtr cloud_;
  std::vector<Watched> checks_;  // by slot
  std::vector<Slot> free_;
  std::unordered_map<inventory::CheckId, Slot> slots_;
  std::size_t told_once_ = 0, lost_ = 0;  // checks of which this is true
  std::optional<SteadyTime> swept_;
};

}  // namespace nocturn::monitoring
