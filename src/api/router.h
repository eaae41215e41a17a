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

struct RouterOptions {
  // Every good answer is held against what its table says, and becomes a 500 where it differs: for
  // tests, which then need not look at each field.
  bool check_answers = false;
};

class Router {
 public:
  Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate,
         RouterOptions options = {});

  // The answer to a request below /api/v1/; nothing for any other path.
  std::optional<net::Response> answer(const net::Request& request) const;
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

 private:
  net::Response call(const net::Endpoint& endpoint, const net::Request& request,
                     std::vector<std::pair<std::string_view, std::string>> found) const;
  net::Response respond(const net::EndpointSpec& spec, net::Answer answer) const;

  std::vector<net::Endpoint> endpoints_;
  Authenticate authenticate_;
  RouterOptions options_;
};

}  // namespace nocturn::api
