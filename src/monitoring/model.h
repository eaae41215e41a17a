#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "inventory/model.h"

// The words of monitoring as plain data. The rules over them are pure: state.h (one check),
// verdict.h (one instance).
namespace nocturn::monitoring {

// What one probe saw. `cannot_tell`: the prober itself was at fault (no route, own resolver
// down, out of descriptors); it never turns a row red.
enum class Outcome { passed, failed, cannot_tell };

struct Phases {  // each measured; negative: the probe did not get there or has no such phase
  Micros resolve{-1}, connect{-1}, tls{-1}, first_byte{-1}, transfer{-1};
};

struct Metric {  // Nagios perfdata, hit counts, certificate days
  std::string name;
  double value = 0;
  std::string unit;
};

// One probe's result: the evidence on which a verdict stands.
struct Observation {
  Outcome outcome = Outcome::cannot_tell;
  bool degraded = false;  // passed, but not well (a Nagios WARNING): a performance issue
  std::string reason;     // one line for a person: "0 hits, at least 1 expected"; empty when passed
                          // and not degraded
  Phases phases;
  Micros took{0};       // whole probe
  std::string address;  // the one address that was spoken to, with port
  std::vector<Metric> metrics;
  std::vector<std::string> transcript;  // at most 64 lines of at most 256 bytes
  WallTime at;                          // start
};

// Verdict of a check, and measured state of an instance.
enum class Verdict { unknown, normal, performance, interruption };
std::string_view name_of(Verdict verdict);
std::string_view name_of(Outcome outcome);
std::optional<Verdict> verdict_from(std::string_view name);
std::optional<Outcome> outcome_from(std::string_view name);

// What changed, with the evidence of the probe that decided it; becomes the ledger event
// "monitoring.verdict.changed".
struct VerdictChange {
  inventory::CheckId check;
  inventory::InstanceId instance;
  inventory::Layer layer = inventory::Layer::service;  // of the check
  Verdict before = Verdict::unknown, after = Verdict::unknown;
  WallTime since;  // start of the first observation of the run that led here
  bool flapping = false;
  Observation evidence;
};

}  // namespace nocturn::monitoring
