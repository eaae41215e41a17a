#pragma once

#include "publishing/publishing.h"

namespace nocturn::publishing {

// The events of a target that began to fail (its state says since when and why) or ceased to.
ledger::Event target_failed(const TargetState& state);
ledger::Event target_recovered(const TargetState& state, WallTime now);

}  // namespace nocturn::publishing
