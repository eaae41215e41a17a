#pragma once

#include "notifications/endpoints.h"

// The parts of endpoints(), one concept each, and what they share.
namespace nocturn::notifications {

std::vector<net::Endpoint> subscription_endpoints(Desk desk);
std::vector<net::Endpoint> notice_endpoints(Desk desk);
std::vector<net::Endpoint> note_endpoints(Desk desk);

using Handle = Result<net::Answer> (*)(const Desk&, const net::Call&);
inline net::Endpoint at(const Desk& desk, net::EndpointSpec spec, Handle handle) {
  return {std::move(spec), [desk, handle](const net::Call& call) { return handle(desk, call); }};
}

}  // namespace nocturn::notifications
