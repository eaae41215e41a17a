#include "api/router.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/conditional.h"
#include "api/problem.h"
#include "base/log.h"
#include "base/text.h"
#include "identity/request_facts.h"

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

// What is an institution's own is named by a path below it.
identity::Object object_of(const net::EndpointSpec& spec, const Parameters& found) {
  constexpr std::string_view kInstitution = "institution/";
  identity::Object object{.name = object_name(spec.object, found), .institution = {}};
  if (object.name.starts_with(kInstitution))
    object.institution = object.name.substr(kInstitution.size());
  return object;
}

// A query parameter's text as the JSON that its shape speaks of.
Json as_json(std::string_view text, const Shape& shape) {
  const bool bare = shape.kind() == Shape::Kind::integer || shape.kind() == Shape::Kind::boolean;
  if (!bare || text != trim(text)) return Json(text);
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

bool is_json(std::string_view content_type) {
  return lower_ascii(trim(content_type.substr(0, content_type.find(';')))) == "application/json";
}

// What the limits say to a call.
struct Turn {
  std::optional<Error> refusal;
  std::vector<net::Header> headers;  // draft-ietf-httpapi-ratelimit-headers
};

// An account has its own allowance, and strangers share that of their address. The data folder's
// owner is not limited.
Turn take_turn(RateLimit* limits, const net::Request& request, std::string_view account) {
  if (limits == nullptr || request.local) return {};
  const Allowance& allowance = account.empty() ? kForAddresses : kForAccounts;
  const auto outcome = account.empty()
                           ? limits->take(address_key(identity::client_address(request)), allowance)
                           : limits->take(fmt::format("account/{}", account), allowance);
  const std::string_view policy = account.empty() ? "address" : "account";
  Turn turn;
  turn.headers = {{"ratelimit-policy", fmt::format("\"{}\";q={};w={:.0f}", policy, allowance.burst,
                                                   allowance.burst / allowance.per_second)},
                  {"ratelimit", fmt::format("\"{}\";r={}", policy, outcome.remaining)}};
  if (!outcome.allowed)
    turn.refusal = Error{.code = ErrorCode::limited,
                         .message = "too many calls; wait a little",
                         .subject = {},
                         .retry = true,
                         .retry_after_seconds = outcome.retry_after_seconds};
  return turn;
}

// What is wrong is one field of what was sent.
bool names_field(const Error& error, const Json& body) {
  return (error.code == ErrorCode::invalid || error.code == ErrorCode::conflict) &&
         body.is_object() && body.get_object().contains(error.subject);
}

}  // namespace

Router::Router(std::vector<net::Endpoint> endpoints, Authenticate authenticate,
               RouterOptions options)
    : endpoints_(std::move(endpoints)), authenticate_(std::move(authenticate)), options_(options) {}

net::Response Router::call(const net::Endpoint& endpoint, const net::Request& request,
                           PathParameters found) const {
  auto subject = authenticate_(request);
  const Turn turn =
      take_turn(options_.limits, request, subject ? std::string_view(subject->caller.account) : "");
  const bool open = endpoint.spec.permission == net::Permission::anyone;
  if (!subject && open) subject = identity::Subject{};
  net::Response response = turn.refusal ? problem(*turn.refusal)
                           : subject    ? admit(endpoint, request, std::move(found), *subject)
                                        : problem(subject.error());
  for (const net::Header& header : turn.headers) response.headers.push_back(header);
  if (response.stream.empty()) compress(request, response);
  return response;
}

net::Response Router::admit(const net::Endpoint& endpoint, const net::Request& request,
                            PathParameters found, const identity::Subject& subject) const {
  const net::EndpointSpec& spec = endpoint.spec;
  const identity::Object object = object_of(spec, found);
  if (const Status allowed = options_.authorize(subject, spec.permission, object); !allowed)
    return problem(allowed.error());
  if (!request.body.empty() && !is_json(request.header("content-type")))
    return problem({.code = ErrorCode::unsupported,
                    .message = "a body must be application/json",
                    .subject = "content-type"},
                   {}, 415);
  auto faults = query_faults(request, spec);
  Json body;
  if (!request.body.empty()) {
    auto parsed = about("body", parse_json(request.body));
    if (!parsed) return problem(parsed.error());
    body = *std::move(parsed);
  }
  for (ShapeFault& fault : faults_of(body, spec.request)) faults.push_back(std::move(fault));
  if (!faults.empty()) return problem(to_error(faults), faults);
  const auto may = [&](net::Permission permission) {
    return options_.authorize(subject, permission, object).has_value();
  };
  net::Response response =
      run_once(endpoint, net::Call{request, std::move(found), body, subject.caller, may});
  response.stream_owner = subject.caller.session;
  response.stream_account = subject.caller.account;
  return response;
}

net::Response Router::run_once(const net::Endpoint& endpoint, const net::Call& call) const {
  const net::Request& request = call.request;
  const std::string& account = request.local ? call.caller.name : call.caller.account;
  const bool keyed = options_.idempotency != nullptr && endpoint.spec.method != "GET" &&
                     !account.empty() && !request.header("idempotency-key").empty();
  if (!keyed) return run(endpoint, call);
  const auto key = keyed_call(account, request);
  if (!key) return problem(key.error());
  auto before = options_.idempotency->begin(*key);
  if (!before) return problem(before.error());
  if (*before) return std::move(**before);
  net::Response response = run(endpoint, call);
  const bool nothing_done = response.status == http_status(ErrorCode::limited) ||
                            response.status == http_status(ErrorCode::disk_full);
  const Status kept =
      nothing_done ? options_.idempotency->release(*key)
                   : options_.idempotency->finish(*key, response, endpoint.spec.secret_answer);
  if (!kept) log::error("api", "a repeated call will not be known: " + kept.error().text());
  return response;
}

net::Response Router::run(const net::Endpoint& endpoint, net::Call call) const {
  std::vector<ShapeFault> faults;
  call.faults = &faults;
  auto outcome = endpoint.handle(call);
  if (outcome) return respond(endpoint.spec, call.request, *std::move(outcome));
  if (http_status(outcome.error().code) >= 500) {
    // Not the path that was asked for: a one-time link's has its secret.
    log::error("api", outcome.error().text(),
               {{"method", call.request.method}, {"path", std::string(endpoint.spec.path)}});
  }
  const Error& error = outcome.error();
  if (faults.empty() && names_field(error, call.body))
    faults.push_back({error.subject, error.message});
  return problem(error, faults);
}

net::Response Router::respond(const net::EndpointSpec& spec, const net::Request& request,
                              net::Answer answer) const {
  if (answer.status == 0) answer.status = spec.status;
  if (options_.check_answers && answer.stream.empty()) {
    auto faults = faults_of(answer.body, spec.response);
    if (answer.status != spec.status)
      faults.push_back(
          {"status", fmt::format("is {}, but the table says {}", answer.status, spec.status)});
    if (!faults.empty()) {
      log::error("api", "an answer is not what its table says: " + to_error(faults).message,
                 {{"method", std::string(spec.method)}, {"path", std::string(spec.path)}});
      return problem(Error{ErrorCode::internal, "this answer is not what the API describes", {}},
                     faults);
    }
  }
  net::Response response = json_response(answer.status, spec.media_type, answer.body);
  if (spec.response.empty()) response.body.clear();
  for (net::Header& header : answer.headers) response.headers.push_back(std::move(header));
  response.stream = std::move(answer.stream);
  if (!response.stream.empty()) return response;
  const bool shown = spec.method == "GET" && answer.status == 200;
  if (shown || !answer.version.empty()) {
    std::string tag = entity_tag(answer.version, response.body);
    if (shown && client_has(request, tag)) return not_modified(response, std::move(tag));
    response.headers.push_back({"etag", std::move(tag)});
  }
  return response;
}

std::optional<net::Response> Router::refuse_body(const net::Request& head,
                                                 std::size_t length) const {
  for (const net::Endpoint& endpoint : endpoints_) {
    const net::EndpointSpec& spec = endpoint.spec;
    if (spec.method != head.method || spec.body_bytes < length) continue;
    const auto found = match(spec.path, head.path);
    if (!found) continue;
    const auto subject = authenticate_(head);
    if (!subject) {
      // Only strangers: the others' call takes its turn when its body is here.
      const Turn turn = take_turn(options_.limits, head, "");
      return problem(turn.refusal ? *turn.refusal : subject.error());
    }
    const Status allowed = options_.authorize(*subject, spec.permission, object_of(spec, *found));
    if (allowed) return std::nullopt;
    return problem(allowed.error());
  }
  return problem({ErrorCode::limited, "the body is too large", head.path}, {}, 413);
}

std::optional<net::Response> Router::answer(const net::Request& request) const {
  if (!request.path.starts_with("/api/v1/")) return std::nullopt;
  // A HEAD is a GET whose body the server leaves out.
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const net::Endpoint& endpoint : endpoints_) {
    auto found = match(endpoint.spec.path, request.path);
    if (!found) continue;
    if (endpoint.spec.method != method) {
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
