#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/endpoint.h"

// Endpoint tables become answers: finds the endpoint, checks the right, calls the handler, and
// turns an Error into an RFC 9457 problem document. Immutable after construction; thread-safe.
namespace nocturn::api {

class Router {
 public:
  explicit Router(std::vector<net::Endpoint> endpoints);

  // The answer to a request below /api/v1/; nothing for any other path.
  std::optional<net::Response> answer(const net::Request& request) const;
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

 private:
  std::vector<net::Endpoint> endpoints_;
};

// "application/problem+json" for an error (RFC 9457).
net::Response problem(const Error& error);

}  // namespace nocturn::api
