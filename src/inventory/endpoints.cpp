#include "inventory/endpoints.h"

#include <boost/json.hpp>

namespace nocturn::inventory {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kLongestPath = 4096;

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

// Who reads over the network must not look through the hub's folders.
Result<Json> compare(const Desk& desk, const Call& call) {
  const std::string folder = call.text("folder");
  if (!folder.empty() && !call.request.local)
    return fail(ErrorCode::forbidden, "other folders are compared on the hub's own machine only");
  return to_json(TRY(desk.compare(folder)));
}

Shape fault_shape() {
  return shape::object("Fault", "A mistake in the configuration, or in the server's certificate.",
                       {{"file", shape::text("Relative to the configuration's folder, or whole.")},
                        {"line", shape::integer("From 1; 0: the file as a whole.", 0)},
                        {"column", shape::integer("From 1; 0: the file as a whole.", 0)},
                        {"what", shape::text("What is wrong.")},
                        {"mend", shape::text("What would be right.")}});
}

Shape differences_shape() {
  const Shape difference = shape::object(
      "Difference", "What became of one object of the cloud.",
      {{"kind", shape::choice("What became of it.", {"added", "changed", "removed"})},
       {"object", shape::text("Which: \"instance/catalog-eu01\".")},
       {"before", shape::text("Canonical JSON of it; empty when it was not there.")},
       {"after", shape::text("Canonical JSON of it; empty when it is no longer there.")}});
  return shape::object("Differences", "How a configuration differs from what runs.",
                       {{"differences", shape::list("In order of their objects.", difference)}});
}

net::EndpointSpec show_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/config", Permission::read_config,
                         "What runs, and what is wrong with the newest edit."};
  spec.response = shape::object(
      "Configuration", "What runs.",
      {{"instances", shape::integer("How many.", 0)},
       {"checks", shape::integer("How many, of all instances.", 0)},
       {"faults", shape::list("Of the newest edit, which does not run for them.", fault_shape())}});
  return spec;
}

net::EndpointSpec compare_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/config/diff", Permission::read_config,
                         "How the files on the hub's machine differ from what runs."};
  spec.response = differences_shape();
  spec.request =
      shape::object("CompareFolder", "Which folder to compare.",
                    {{"folder",
                      shape::text("Empty: the hub's own; another one over the Unix socket only.", 0,
                                  kLongestPath),
                      shape::optional}});
  spec.example = "{}";
  return spec;
}

net::EndpointSpec apply_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/config/apply", Permission::apply_config,
                         "Reads the configuration again and runs it if it is right."};
  spec.response = differences_shape();
  return spec;
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  return {
      {show_spec(),
       [desk](const Call&) -> Result<Json> { return to_json(*desk.cloud(), desk.faults()); }},
      {compare_spec(), [desk](const Call& call) { return compare(desk, call); }},
      {apply_spec(), [desk](const Call&) -> Result<Json> { return to_json(TRY(desk.apply())); }}};
}

}  // namespace nocturn::inventory
