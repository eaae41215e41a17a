#include "inventory/endpoints.h"

#include <boost/json.hpp>

namespace nocturn::inventory {
namespace {

using net::Call;
using net::Permission;

Json to_json(const std::vector<Difference>& differences) {
  JsonArray rows;
  for (const Difference& difference : differences) {
    rows.push_back(Json{{"kind", name_of(difference.kind)},
                    {"object", difference.object},
                    {"before", difference.before},
                    {"after", difference.after}});
  }
  return {{"differences", std::move(rows)}};
}

Json to_json(const Cloud& cloud, const std::vector<Fault>& faults) {
  std::size_t checks = 0;
  for (const auto& [id, instance] : cloud.instances) checks += instance.checks.size();
  JsonArray wrong;
  for (const Fault& fault : faults) {
    wrong.push_back(Json{{"file", fault.place.file},
                     {"line", fault.place.line},
                     {"column", fault.place.column},
                     {"what", fault.what},
                     {"mend", fault.mend}});
  }
  return {{"instances", cloud.instances.size()}, {"checks", checks}, {"faults", std::move(wrong)}};
}

Result<Json> compare(const Desk& desk, const Call& call) {
  const Json body = TRY(call.body());
  const Json* folder = body.is_object() ? body.get_object().if_contains("folder") : nullptr;
  if (folder != nullptr && !folder->is_string())
    return fail(ErrorCode::invalid, "\"folder\" is no text");
  return to_json(TRY(desk.compare(folder ? std::string(folder->get_string()) : std::string())));
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  table.push_back(
      {{"GET", "/api/v1/config", Permission::read_config,
        "What runs, and what is wrong with the newest edit."},
       [desk](const Call&) -> Result<Json> { return to_json(*desk.cloud(), desk.faults()); }});
  table.push_back({{"POST", "/api/v1/config/diff", Permission::read_config,
                    "How a folder of the hub's machine differs from what runs."},
                   [desk](const Call& call) { return compare(desk, call); }});
  table.push_back({{"POST", "/api/v1/config/apply", Permission::apply_config,
                    "Reads the configuration again and runs it if it is right."},
                   [desk](const Call&) -> Result<Json> { return to_json(TRY(desk.apply())); }});
  return table;
}

}  // namespace nocturn::inventory
