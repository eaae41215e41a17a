#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "api/idempotency.h"
#include "api/rate_limit.h"
#include "base/clock.h"
#include "identity/authorize.h"
#include "net/endpoint.h"

// Endpoint tables become answers: finds the endpoint, asks who calls and whether they may, checks
// what was sent, calls the handler, and turns an Error into an RFC 9457 problem document. The rules
// of the frame (limits, repeated calls, conditional answers) each have a file of their own.
// Immutable after construction; thread-safe as far as its handlers are.
namespace nocturn::api {

// Who sent a request; `unauthenticated` when nobody known did.
using Authenticate = std::function<Result<identity::Subject>(const net::Request&)>;

// Whether a subject may do something to an object.
using Authorize =
    std::function<Status(const identity::Subject&, net::Permission, const identity::Object&)>;

struct RouterOptions {
  // Every good answer is held against what its table says, and becomes a 500 where it differs: for
  // tests, which then need not look at each field.
  bool check_answers = false;
  Authorize authorize = identity::authorize;
  RateLimit* limits = nullptr;         // none: no limits
  Idempotency* idempotency = nullptr;  // none: keys are not looked at
};

class Router {
 public:
  Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate,
         RouterOptions options = {});

  // The answer to a request below /api/v1/; nothing for any other path.
  std::optional<net::Response> answer(const net::Request& request) const;
  // Why the head's request may not bring a body of that length, more than anybody's; nothing if it
  // may: its endpoint takes that much, and the caller may call it.
  std::optional<net::Response> refuse_body(const net::Request& head, std::size_t length) const;
  const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }

 private:
  using PathParameters = std::vector<std::pair<std::string_view, std::string>>;

  net::Response call(const net::Endpoint& endpoint, const net::Request& request,
                     PathParameters found) const;
  net::Response admit(const net::Endpoint& endpoint, const net::Request& request,
                      PathParameters found, const identity::Subject& subject) const;
  net::Response run_once(const net::Endpoint& endpoint, const net::Call& call) const;
  net::Response run(const net::Endpoint& endpoint, net::Call call) const;
  net::Response respond(const net::EndpointSpec& spec, const net::Request& request,
                        net::Answer answer) const;

  std::vector<net::Endpoint> endpoints_;
  Authenticate authenticate_;
  RouterOptions options_;
};

}  // namespace nocturn::api
