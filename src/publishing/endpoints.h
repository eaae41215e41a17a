#pragma once

#include <vector>

#include "net/endpoint.h"
#include "publishing/publishing.h"

namespace nocturn::publishing {

// What the endpoints act on; called on worker threads. Left empty where the table is only
// described.
struct Desk {
  Publisher* publisher = nullptr;
};

// The operators' API of static copies: how they stand, and bringing one now.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::publishing
