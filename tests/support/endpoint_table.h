#pragma once

#include <span>
#include <string>

#include "net/endpoint.h"

// Calls an endpoint as the router does, without its door: finds it by method and path, takes the
// path's and the query's parameters from the path as it is written, refuses a body that does not
// fit, and fails the test for an answer that does not.
namespace nocturn::testing {

struct EndpointCall {
  std::string method;
  std::string path;  // "/api/v1/customers/northgate?limit=2"
  Json body = nullptr;
  std::string if_match = {};  // the header; empty: none
  net::Caller caller = {.name = "local operator"};
  bool every_right = true;  // false: none besides the endpoint's own
};

// `not_found` when no endpoint of the table has that method and path.
Result<Json> call(std::span<const net::Endpoint> table, const EndpointCall& call);

}  // namespace nocturn::testing
