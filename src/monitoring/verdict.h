#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inventory/model.h"
#include "monitoring/model.h"

// From votes to the verdict of a check, from verdicts of checks to that of an instance, and when
// the prober should doubt itself. Pure.
namespace nocturn::monitoring {

// What one vantage says about a check.
struct Vote {
  std::string vantage;
  Verdict verdict = Verdict::unknown;
  SteadyTime at;  // when it said so
};

// The verdict that a strict majority of the fresh votes holds, where worse includes better: of
// one interruption, one performance issue and one normal the majority says "performance issue at
// least". A vote is fresh for `fresh_for`. A tie, or no fresh vote: unknown.
Verdict majority(std::span<const Vote> votes, SteadyTime now, Micros fresh_for);

// What is known of one check of an instance.
struct CheckVerdict {
  inventory::CheckId check;
  inventory::Layer layer = inventory::Layer::service;
  Verdict verdict = Verdict::unknown;
  std::string reason;  // of the probe that decided it
};

struct InstanceVerdict {
  Verdict verdict = Verdict::unknown;
  inventory::CheckId check;  // which explains it; empty when normal or without checks
  std::string reason;        // "network check ping: no answer within 2 s; 3 more"; or empty
};

// The worst verdict counts, and of the checks that have it the one on the lowest layer explains
// it: a failure below explains failures above. An unknown check is passed over when another on
// its layer or above is known, for what works above proves what it stands on; else the instance
// is unknown.
InstanceVerdict combine(std::span<const CheckVerdict> checks);

// The parts of an InstanceVerdict's reason, which is kept as text: of which layer the check is
// that explains it, what that check saw, and how many more are as bad.
struct Explanation {
  std::optional<inventory::Layer> layer;  // none when there is no reason
  std::string saw;
  std::size_t more = 0;
};
Explanation explanation_of(const inventory::CheckId& check, std::string_view reason);

std::string_view name_of(inventory::Layer layer);
std::optional<inventory::Layer> layer_from(std::string_view name);

// Whether the prober itself must be at fault: of `checks` that told something once, more than
// half are `lost`: it cannot tell about them now. Then failures of the others are not believed
// either. Never with fewer than three instances, which may well go together.
bool prober_at_fault(std::size_t instances, std::size_t checks, std::size_t lost);

}  // namespace nocturn::monitoring
