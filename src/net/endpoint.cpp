#include "net/endpoint.h"

#include <boost/json.hpp>

namespace nocturn::net {

std::string_view name_of(Permission permission) {
  switch (permission) {
    case Permission::read_status: return "read_status";
    case Permission::declare_status: return "declare_status";
    case Permission::read_config: return "read_config";
    case Permission::apply_config: return "apply_config";
    case Permission::run_check: return "run_check";
    case Permission::read_ledger: return "read_ledger";
  }
  return "none";
}

const std::string& Call::path_parameter(std::string_view name) const {
  for (const auto& [known, value] : path_parameters)
    if (known == name) return value;
  CHECK(false && "the endpoint's path names no such parameter");
}

Result<Json> Call::body() const {
  if (request.body.empty())
    return fail(ErrorCode::invalid, "the request has no body; send a JSON object");
  return about("body", parse_json(request.body));
}

}  // namespace nocturn::net
