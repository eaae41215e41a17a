#pragma once

#include "base/json.h"
#include "base/shape.h"
#include "inventory/model.h"
#include "monitoring/monitoring.h"

// Checks and observations as the API shows them. Every function that makes JSON stands beside the
// one that says its shape. Pure.
namespace nocturn::monitoring {
Shape phases_shape();
Shape layer_shape(std::string_view about);
Shape observation_shape();
JsonObject to_json(const Observation& seen);

// `stand`: default made where the check was never probed.
JsonObject to_json(const inventory::Check& check, const CheckStand& stand);

}  // namespace nocturn::monitoring
