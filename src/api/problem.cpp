#include "api/problem.h"

#include <boost/json.hpp>

namespace nocturn::api {
namespace {

constexpr ErrorCode kCodes[] = {
    ErrorCode::invalid,      ErrorCode::unauthenticated, ErrorCode::code_required,
    ErrorCode::forbidden,    ErrorCode::not_found,       ErrorCode::conflict,
    ErrorCode::precondition, ErrorCode::limited,         ErrorCode::unavailable,
    ErrorCode::timeout,      ErrorCode::disk_full,       ErrorCode::corrupt,
    ErrorCode::unsupported,  ErrorCode::internal};

}  // namespace

net::Response json_response(int status, std::string_view type, const Json& body) {
  return {.status = status,
          .headers = {{"content-type", std::string(type)}, {"cache-control", "no-store"}},
          .body = boost::json::serialize(body) + "\n"};
}

net::Response problem(const Error& error, const std::vector<ShapeFault>& faults, int status) {
  if (status == 0) status = http_status(error.code);
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

Shape problem_shape() {
  std::vector<std::string_view> codes;
  for (const ErrorCode code : kCodes) codes.push_back(name_of(code));
  const Shape fault =
      shape::object("InputFault", "One thing that is wrong with what was sent.",
                    {{"path", shape::text("Where: \"roles[2].role\"; empty for the body itself.")},
                     {"what", shape::text("What is wrong and what would be right.")}});
  return shape::object(
      "Problem", "Why the answer is no (RFC 9457).",
      {{"type", shape::text("Always about:blank: the title says the kind.")},
       {"title", shape::choice("The kind of error, for programs.", std::move(codes))},
       {"status", shape::integer("The HTTP status.", 400, 599)},
       {"detail", shape::text("What is wrong, for a person.")},
       {"retry", shape::boolean("The same call may succeed later.")},
       {"faults", shape::list("Everything that is wrong with what was sent.", fault),
        shape::optional},
       {"code_required", shape::boolean("Signing in needs a code of the second factor, too."),
        shape::optional}});
}

}  // namespace nocturn::api
