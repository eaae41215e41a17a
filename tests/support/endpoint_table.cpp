#include "support/endpoint_table.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace nocturn::testing {
namespace {

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

// The parameters of the pattern, when the path fits it.
std::optional<Parameters> fit(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/'), given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  Parameters found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{'))
      found.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
    else if (wanted[i] != given[i])
      return std::nullopt;
  }
  return found;
}

net::Request request_of(const EndpointCall& call) {
  const std::size_t question = call.path.find('?');
  net::Request request;
  request.method = call.method;
  request.path = call.path.substr(0, question);
  if (question != std::string::npos)
    for (const std::string_view part : split(std::string_view(call.path).substr(question + 1), '&'))
      request.query.emplace_back(part.substr(0, part.find('=')),
                                 unescape_url(part.substr(part.find('=') + 1), true).value());
  if (!call.if_match.empty()) request.headers.push_back({"if-match", call.if_match});
  return request;
}

}  // namespace

Result<Json> call(std::span<const net::Endpoint> table, const EndpointCall& call) {
  const net::Request request = request_of(call);
  for (const net::Endpoint& endpoint : table) {
    if (endpoint.spec.method != call.method) continue;
    auto parameters = fit(endpoint.spec.path, request.path);
    if (!parameters) continue;
    if (const auto faults = faults_of(call.body, endpoint.spec.request); !faults.empty())
      return std::unexpected(to_error(faults));
    auto answer = endpoint.handle(net::Call{request, *std::move(parameters), call.body, call.caller,
                                            [&](net::Permission) { return call.every_right; }});
    if (!answer) return std::unexpected(answer.error());
    const auto wrong = faults_of(answer->body, endpoint.spec.response);
    EXPECT_TRUE(wrong.empty()) << call.path << ": " << to_error(wrong).text();
    return std::move(answer->body);
  }
  return fail(ErrorCode::not_found, "no endpoint for {} {}", call.method, call.path);
}

}  // namespace nocturn::testing
