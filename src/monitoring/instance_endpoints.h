#pragma once

#include <vector>

#include "monitoring/endpoints.h"

// The endpoints below /api/v1/instances/{instance}: a check with its evidence, what its probes
// took over time, and the instance's measured states. Part of the table in endpoints.h.
namespace nocturn::monitoring {

std::vector<net::Endpoint> instance_endpoints(const Desk& desk);

}  // namespace nocturn::monitoring
