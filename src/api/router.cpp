#include "api/router.h"

#include <boost/json.hpp>

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
  return {.status = status,
          .headers = {{"content-type", std::string(type)}, {"cache-control", "no-store"}},
          .body = boost::json::serialize(body) + "\n"};
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
      faults.push_back({name, "is not a parameter here"});
      continue;
    }
    for (ShapeFault& fault : faults_of(as_json(value, known->shape), known->shape))
      faults.push_back({name, std::move(fault.what)});
  }
  return faults;
}

}  // namespace

Router::Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate)
    : endpoints_(std::move(endpoints)), authenticate_(std::move(authenticate)) {}

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
  net::Response response = json_response(outcome->status, "application/json", outcome->body);
  for (net::Header& header : outcome->headers) response.headers.push_back(std::move(header));
  if (!outcome->version.empty())
    response.headers.push_back({"etag", fmt::format("\"{}\"", outcome->version)});
  response.stream = std::move(outcome->stream);
  response.stream_owner = subject->caller.session;
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
        problem({ErrorCode::unsupported, "this path takes " + allowed, request.path});
    response.status = 405;
    response.headers.push_back({"allow", allowed});
    return response;
  }
  return problem({ErrorCode::not_found, "there is no such path in the API", request.path});
}

net::Response problem(const Error& error, const std::vector<ShapeFault>& faults) {
  const int status = http_status(error.code);
  JsonObject body{{"type", "about:blank"},
                  {"title", name_of(error.code)},
                  {"status", status},
                  {"detail", error.text()},
                  {"retry", error.retry}};
  if (error.code == ErrorCode::code_required) body["code_required"] = true;
  if (!faults.empty()) {
    JsonArray list;
    for (const ShapeFault& fault : faults)
      list.push_back(Json{{"path", fault.path}, {"what", fault.what}});
    body["faults"] = std::move(list);
  }
  net::Response response = json_response(status, "application/problem+json", body);
  if (error.retry_after_seconds > 0)
    response.headers.push_back({"retry-after", std::to_string(error.retry_after_seconds)});
  return response;
}

}  // namespace nocturn::api
