#pragma once

#include <optional>

#include "base/clock.h"
#include "base/json.h"

// Times in JSON are RFC 3339 in UTC. Thread-safe.
namespace nocturn {

Json time_or_null(const std::optional<WallTime>& time);

}  // namespace nocturn
