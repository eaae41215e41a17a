#include "api/router.h"

#include <boost/json.hpp>

#include "api/authorize.h"
#include "base/log.h"
#include "base/text.h"

namespace nocturn::api {
namespace {

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

// Matches a path against "/api/v1/checks/{check}/run" part by part.
std::optional<Parameters> match(std::string_view pattern, std::string_view path) {
  Parameters found;
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= given.size()) return std::nullopt;
    if (wanted[i].ends_with("...}")) {
      const auto start = static_cast<std::size_t>(given[i].data() - path.data());
      found.emplace_back(wanted[i].substr(1, wanted[i].size() - 5), path.substr(start));
      return found;
    }
    if (wanted[i].starts_with('{')) {
      if (given[i].empty()) return std::nullopt;
      found.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  if (given.size() != wanted.size()) return std::nullopt;
  return found;
}

net::Response json_response(int status, std::string_view type, const Json& body) {
  return {status,
          {{"content-type", std::string(type)}, {"cache-control", "no-store"}},
          boost::json::serialize(body) + "\n"};
}

Result<Json> call(const net::Endpoint& endpoint, const net::Request& request, Parameters found) {
  const Subject subject = TRY(authenticate(request));
  TRY_STATUS(authorize(subject, endpoint.spec.permission));
  return endpoint.handle(net::Call{request, std::move(found), subject.name});
}

}  // namespace

Router::Router(std::vector<net::Endpoint> endpoints) : endpoints_(std::move(endpoints)) {}

std::optional<net::Response> Router::answer(const net::Request& request) const {
  if (!request.path.starts_with("/api/v1/")) return std::nullopt;
  std::string allowed;
  for (const net::Endpoint& endpoint : endpoints_) {
    auto found = match(endpoint.spec.path, request.path);
    if (!found) continue;
    if (endpoint.spec.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(endpoint.spec.method);
      continue;
    }
    auto outcome = call(endpoint, request, std::move(*found));
    if (outcome) return json_response(200, "application/json", *outcome);
    if (http_status(outcome.error().code) >= 500) {
      log::error("api", outcome.error().text(),
                 {{"method", request.method}, {"path", request.path}});
    }
    return problem(outcome.error());
  }
  if (!allowed.empty()) {
    net::Response response =
        problem({ErrorCode::unsupported, "this path takes " + allowed, request.path});
    response.status = 405;
    response.headers.push_back({"allow", allowed});
    return response;
  }
  return problem({ErrorCode::not_found, "there is no such path in the API", request.path});
}

net::Response problem(const Error& error) {
  const int status = http_status(error.code);
  return json_response(status, "application/problem+json",
                       {{"type", "about:blank"},
                        {"title", name_of(error.code)},
                        {"status", status},
                        {"detail", error.text()},
                        {"retry", error.retry}});
}

}  // namespace nocturn::api
