#pragma once

#include <optional>
#include <string_view>

#include "status_page/model.h"

// The one rule that turns what is known about an instance at a moment into its indicator. Pure.
namespace nocturn::status_page {

// Everything the rule may look at.
struct Truth {
  bool has_checks = false;
  monitoring::Verdict measured = monitoring::Verdict::unknown;
  std::optional<Indicator> declared;  // by a person, still standing
  bool in_window = false;             // a scheduled maintenance is in progress
  bool trouble_first = false;         // the measured trouble began before that window
  bool exists = true;                 // it was in the cloud, or something is recorded of it
  bool operator==(const Truth&) const = default;
};

// Why a row shows what it shows.
enum class Cause { declared, maintenance, measured, unmeasured, no_checks, absent };
std::string_view name_of(Cause cause);

struct Shown {
  Indicator indicator = Indicator::information;
  Cause cause = Cause::unmeasured;
  bool operator==(const Shown&) const = default;
};

// First match wins (before all: an instance that was not there yet shows nothing, as information):
//   1. a declaration stands                 → what was declared
//   2. trouble measured since before a maintenance window → that trouble: the window does not
//      excuse what it did not cause
//   3. a maintenance window is in progress  → maintenance, whatever is measured
//   4. measured normal, performance or interruption → that
//   5. measured nothing, or cannot tell     → information: never red, and never green on faith
Shown shown(const Truth& truth);

// The person's word and the checks contradict each other: one says trouble, the other none. An
// operator is to look; the public page keeps the person's word.
bool contradicts(const Truth& truth);

// Performance issue or service interruption.
bool is_trouble(Indicator indicator);
bool is_trouble(monitoring::Verdict verdict);

}  // namespace nocturn::status_page
