#include "monitoring/endpoints.h"

#include <algorithm>

#include <boost/json.hpp>

#include "monitoring/check_json.h"
#include "monitoring/instance_endpoints.h"

namespace nocturn::monitoring {
namespace {

using net::Answer;
using net::Call;
using net::Permission;

// The configuration bounds them, and they are in memory: a list is usually wanted whole.
constexpr std::int64_t kMostChecks = 20'000;
constexpr std::int64_t kLongestId = 256;

Result<Answer> list_checks(const Desk& desk, const Call& call) {
  const net::PageRequest page = TRY(net::page_of(call, kMostChecks));
  const auto wanted = call.parameter("instance");
  const auto cloud = desk.cloud();
  std::vector<const inventory::Check*> checks;
  std::vector<std::string_view> ids;
  for (const auto& [id, instance] : cloud->instances) {
    if (wanted && id.text() != *wanted) continue;
    for (const inventory::Check& check : instance.checks) {
      checks.push_back(&check);
      ids.emplace_back(check.id.text());
    }
  }
  net::Slice slice = TRY(net::slice_of(ids, page));
  const StandsByCheck stands(desk.monitor->stands());
  JsonArray shown;
  for (std::size_t i = slice.from; i < slice.until; ++i)
    shown.push_back(to_json(*checks[i], stands.of(checks[i]->id)));
  return Json{{"checks", std::move(shown)}, {"next", std::move(slice.next)}};
}

net::EndpointSpec list_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/checks", Permission::read_status,
                         "Every check with its verdict, as the configuration orders them."};
  spec.response =
      shape::object("Checks", "A page of checks.",
                    {{"checks", shape::list("The checks.", check_shape())}, net::next_field()});
  spec.query = net::page_parameters(kMostChecks);
  spec.query.push_back({"instance", shape::text("Only those of this instance.", 1, kLongestId)});
  return spec;
}

net::EndpointSpec run_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/checks/run", Permission::run_check,
                         "Runs one check now, outside its rhythm and without effect on its state."};
  spec.response = observation_shape();
  spec.request = shape::object("RunCheck", "Which check to run.",
                               {{"check", shape::text("INSTANCE/CHECK", 3, kLongestId)}});
  spec.example = R"({"check": "catalog-eu01/z3950"})";
  return spec;
}

}  // namespace

StandsByCheck::StandsByCheck(std::vector<CheckStand> stands) : stands_(std::move(stands)) {
  std::ranges::sort(stands_, {}, &CheckStand::check);
}

const CheckStand& StandsByCheck::of(const inventory::CheckId& check) const {
  static const CheckStand kNeverProbed;
  const auto found = std::ranges::lower_bound(stands_, check, {}, &CheckStand::check);
  return found != stands_.end() && found->check == check ? *found : kNeverProbed;
}

JsonArray checks_as_json(const inventory::Instance& instance, const StandsByCheck& stands) {
  JsonArray checks;
  for (const inventory::Check& check : instance.checks)
    checks.push_back(to_json(check, stands.of(check.id)));
  return checks;
}

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> table = {
      {list_spec(), [desk](const Call& call) { return list_checks(desk, call); }},
      {run_spec(), [desk](const Call& call) -> Result<Answer> {
         const inventory::CheckId check(call.text("check"));
         return Json(to_json(TRY(desk.monitor->probe_once(check))));
       }}};
  for (net::Endpoint& endpoint : instance_endpoints(desk)) table.push_back(std::move(endpoint));
  return table;
}

}  // namespace nocturn::monitoring
