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
  return to_json(TRY(desk.compare(call.text("folder"))));
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  table.push_back(
      {{"GET", "/api/v1/config", Permission::read_config,
        "What runs, and what is wrong with the newest edit.", shape::any("What runs.")},
       [desk](const Call&) -> Result<Json> { return to_json(*desk.cloud(), desk.faults()); }});
  table.push_back(
      {{"POST", "/api/v1/config/diff", Permission::read_config,
        "How a folder of the hub's machine differs from what runs.", shape::any("The differences."),
        shape::object(
            "CompareFolder", "Which folder to compare.",
            {{"folder", shape::text("Empty: the hub's own.", 0, 4096), shape::optional}})},
       [desk](const Call& call) { return compare(desk, call); }});
  table.push_back({{"POST", "/api/v1/config/apply", Permission::apply_config,
                    "Reads the configuration again and runs it if it is right.",
                    shape::any("The differences.")},
                   [desk](const Call&) -> Result<Json> { return to_json(TRY(desk.apply())); }});
  return table;
}

}  // namespace nocturn::inventory
