#include "api/router.h"

#include <boost/json.hpp>

#include "api/problem.h"
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

// "instance/{instance}" with the path's parameters filled in.
std::string object_name(std::string_view pattern, const Parameters& found) {
  std::string name(pattern);
  for (const auto& [parameter, value] : found) {
    const std::string braced = fmt::format("{{{}}}", parameter);
    if (const auto at = name.find(braced); at != std::string::npos)
      name.replace(at, braced.size(), value);
  }
  return name;
}

// A query parameter's text as the JSON that its shape speaks of.
Json as_json(std::string_view text, const Shape& shape) {
  const bool bare = shape.kind() == Shape::Kind::integer || shape.kind() == Shape::Kind::boolean;
  if (!bare) return Json(text);
  auto parsed = parse_json(text);
  return parsed ? *std::move(parsed) : Json(text);
}

std::vector<ShapeFault> query_faults(const net::Request& request, const net::EndpointSpec& spec) {
  std::vector<ShapeFault> faults;
  for (const auto& [name, value] : request.query) {
    const auto known = std::ranges::find(spec.query, std::string_view(name), &net::Parameter::name);
    if (known == spec.query.end()) {
      if (spec.open_query) continue;
      faults.push_back({name, "is not a parameter here"});
      continue;
    }
    for (ShapeFault& fault : faults_of(as_json(value, known->shape), known->shape))
      faults.push_back({name, std::move(fault.what)});
  }
  return faults;
}

}  // namespace

Router::Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate,
               RouterOptions options)
    : endpoints_(std::move(endpoints)), authenticate_(std::move(authenticate)), options_(options) {}

net::Response Router::call(const net::Endpoint& endpoint, const net::Request& request,
                           Parameters found) const {
  const net::EndpointSpec& spec = endpoint.spec;
  auto subject = authenticate_(request);
  if (!subject) {
    if (spec.permission != net::Permission::anyone) return problem(subject.error());
    subject = identity::Subject{};
  }
  const identity::Object object{.name = object_name(spec.object, found), .institution = {}};
  if (const Status allowed = identity::authorize(*subject, spec.permission, object); !allowed)
    return problem(allowed.error());

  auto faults = query_faults(request, spec);
  Json body;
  if (!request.body.empty()) {
    auto parsed = about("body", parse_json(request.body));
    if (!parsed) return problem(parsed.error());
    body = *std::move(parsed);
  }
  for (ShapeFault& fault : faults_of(body, spec.request)) faults.push_back(std::move(fault));
  if (!faults.empty()) return problem(to_error(faults), faults);

  auto outcome = endpoint.handle(net::Call{request, std::move(found), body, subject->caller});
  if (!outcome) {
    if (http_status(outcome.error().code) >= 500) {
      log::error("api", outcome.error().text(),
                 {{"method", request.method}, {"path", request.path}});
    }
    return problem(outcome.error());
  }
  net::Response response = respond(spec, *std::move(outcome));
  response.stream_owner = subject->caller.session;
  return response;
}

net::Response Router::respond(const net::EndpointSpec& spec, net::Answer answer) const {
  if (answer.status == 0) answer.status = spec.status;
  if (options_.check_answers && answer.stream.empty()) {
    auto faults = faults_of(answer.body, spec.response);
    if (answer.status != spec.status)
      faults.push_back(
          {"status", fmt::format("is {}, but the table says {}", answer.status, spec.status)});
    if (!faults.empty()) {
      log::error("api", "an answer is not what its table says: " + to_error(faults).message,
                 {{"method", std::string(spec.method)}, {"path", std::string(spec.path)}});
      return problem({ErrorCode::internal, "this answer is not what the API describes", ""},
                     faults);
    }
  }
  net::Response response = json_response(answer.status, spec.media_type, answer.body);
  if (spec.response.empty()) response.body.clear();
  for (net::Header& header : answer.headers) response.headers.push_back(std::move(header));
  if (!answer.version.empty())
    response.headers.push_back({"etag", fmt::format("\"{}\"", answer.version)});
  response.stream = std::move(answer.stream);
  return response;
}

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
    return call(endpoint, request, std::move(*found));
  }
  if (!allowed.empty()) {
    net::Response response =
        problem({ErrorCode::unsupported, "this path takes " + allowed, request.path}, {}, 405);
    response.headers.push_back({"allow", allowed});
    return response;
  }
  return problem({ErrorCode::not_found, "there is no such path in the API", request.path});
}

}  // namespace nocturn::api
