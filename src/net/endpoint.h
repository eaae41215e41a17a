#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "net/http.h"

// How a folder declares its HTTP API: a table of endpoints, from which api/ makes the router and
// the permission check. A handler never sees who may call it; it is only called when allowed.
namespace nocturn::net {

// What a caller must be allowed to do. One name per right, checked at one place (api/authorize.h).
enum class Permission {
  read_status,     // rows with what operators see: measured and declared state, evidence
  declare_status,  // put a person's word over the measured state
  read_config,
  apply_config,
  run_check,
  read_ledger,
};
std::string_view name_of(Permission permission);

struct EndpointSpec {
  std::string_view method;  // "GET", "POST", "DELETE"
  std::string_view path;    // "/api/v1/checks/{check}"; a last "{name...}" takes slashes too
  Permission permission;
  std::string_view summary;  // one sentence
};

struct Call {
  const Request& request;
  std::vector<std::pair<std::string_view, std::string>> path_parameters;
  std::string caller;  // who asks, as it stands in the ledger: "local operator"
  // The value of a path parameter that the endpoint's path names.
  const std::string& path_parameter(std::string_view name) const;
  // The request's body as JSON; `invalid` when it is none.
  Result<Json> body() const;
};

struct Endpoint {
  EndpointSpec spec;
  std::function<Result<Json>(const Call&)> handle;
};

}  // namespace nocturn::net
