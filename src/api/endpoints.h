#pragma once

#include <string_view>
#include <vector>

#include "net/endpoint.h"

namespace nocturn::api {

// The event stream of GET /api/v1/events, as net::Response::stream names it.
inline constexpr std::string_view kOperatorStream = "operators";

// Appends what the API itself offers: the stream of what happens, and the description of all
// endpoints in the table, its own included. To be called last.
void add_endpoints(std::vector<net::Endpoint>& table);

}  // namespace nocturn::api
