#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "identity/authorize.h"
#include "net/endpoint.h"

// Endpoint tables become answers: finds the endpoint, asks who calls and whether they may, checks
// what was sent, calls the handler, and turns an Error into an RFC 9457 problem document.
// Immutable after construction; thread-safe as far as its handlers are.
namespace nocturn::api {

// Who sent a request; `unauthenticated` when nobody known did.
using Authenticate = std::function<Result<identity::Subject>(const net::Request&)>;

class Router {
 public:
  Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate);

  // The answer to a request below /api/v1/; nothing for any other path.
  std::optional<net::Response> answer(const net::Request& request) const;
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

 private:
  net::Response call(const net::Endpoint& endpoint, const net::Request& request,
                     std::vector<std::pair<std::string_view, std::string>> found) const;

  std::vector<net::Endpoint> endpoints_;
  Authenticate authenticate_;
};

// "application/problem+json" for an error (RFC 9457), with the faults of what was sent, if any.
net::Response problem(const Error& error, const std::vector<ShapeFault>& faults = {});

}  // namespace nocturn::api
