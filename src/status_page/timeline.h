#pragma once

#include <span>
#include <string>
#include <vector>

#include "monitoring/monitoring.h"
#include "status_page/indicator.h"

// What an instance's row showed at every moment of a span: the rule of indicator.h applied to
// recorded intervals. Pure.
namespace nocturn::status_page {

// A stretch of time with one showing. The stretches of a timeline touch, in order, without gaps.
struct Stretch {
  Window span;
  Shown shown;
  monitoring::Verdict measured = monitoring::Verdict::unknown;
  std::string because;       // of the declaration that was shown
  inventory::CheckId check;  // which explains measured trouble; else empty
  bool operator==(const Stretch&) const = default;
};

// All that is recorded about one instance.
struct History {
  bool has_checks = false;
  std::span<const monitoring::MeasuredInterval> measured;  // by time, not overlapping
  std::span<const DeclaredInterval> declared;              // by time, not overlapping
  std::vector<Window> windows;                             // scheduled maintenance, any order
  std::optional<WallTime> stale_since;                     // nothing measured since then
  std::optional<WallTime> added = {};  // not there before, unless something is recorded of then
};

// From `span.from` to `span.until`, at least one stretch; neighbours differ. Time that no
// measured interval covers was not measured.
std::vector<Stretch> timeline(const History& history, Window span);

// The truth at one moment, as the timeline sees it.
Truth truth_at(const History& history, WallTime moment);

}  // namespace nocturn::status_page
