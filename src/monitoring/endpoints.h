#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/json.h"
#include "inventory/model.h"
#include "monitoring/monitoring.h"
#include "net/endpoint.h"

namespace nocturn::monitoring {

// The operators' API of monitoring: checks with their stand, and running one now. `cloud` answers
// what runs at the moment; both are called on worker threads.
std::vector<net::Endpoint> endpoints(Monitor& monitor, std::function<inventory::CloudPtr()> cloud);

// The checks of one instance as the API shows them, in the order of the configuration.
JsonArray checks_as_json(const inventory::Instance& instance, std::span<const CheckStand> stands);

}  // namespace nocturn::monitoring
