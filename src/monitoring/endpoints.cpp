#include "monitoring/endpoints.h"

#include <boost/json.hpp>

#include "monitoring/verdict.h"

namespace nocturn::monitoring {
namespace {

using net::Answer;
using net::Call;
using net::Permission;

Json phase(Micros duration) {
  return duration < Micros(0) ? Json(nullptr) : Json(duration.count());
}

JsonObject to_json(const Observation& seen) {
  JsonArray metrics, transcript;
  for (const Metric& metric : seen.metrics)
    metrics.push_back({{"name", metric.name}, {"value", metric.value}, {"unit", metric.unit}});
  for (const std::string& line : seen.transcript) transcript.emplace_back(line);
  return {{"outcome", name_of(seen.outcome)},
          {"degraded", seen.degraded},
          {"reason", seen.reason},
          {"at", to_rfc3339(seen.at)},
          {"took_us", seen.took.count()},
          {"address", seen.address},
          {"phases",
           {{"resolve", phase(seen.phases.resolve)},
            {"connect", phase(seen.phases.connect)},
            {"tls", phase(seen.phases.tls)},
            {"first_byte", phase(seen.phases.first_byte)},
            {"transfer", phase(seen.phases.transfer)}}},
          {"metrics", metrics},
          {"transcript", transcript}};
}

JsonObject to_json(const inventory::Check& check, const CheckStand& stand) {
  const bool probed = stand.probed_at != WallTime{};
  return {{"id", check.id.text()},
          {"kind", check.kind},
          {"layer", name_of(check.layer)},
          {"every_us", check.every.count()},
          {"verdict", name_of(stand.verdict)},
          {"soft", stand.soft},
          {"flapping", stand.flapping},
          {"since", to_rfc3339(stand.since)},
          {"probed_at", probed ? Json(to_rfc3339(stand.probed_at)) : Json(nullptr)},
          {"took_us", probed ? Json(stand.last.took.count()) : Json(nullptr)},
          {"reason", stand.last.reason}};
}

}  // namespace

JsonArray checks_as_json(const inventory::Instance& instance, std::span<const CheckStand> stands) {
  JsonArray checks;
  for (const inventory::Check& check : instance.checks) {
    CheckStand stand;
    for (const CheckStand& candidate : stands)
      if (candidate.check == check.id) stand = candidate;
    checks.push_back(to_json(check, stand));
  }
  return checks;
}

std::vector<net::Endpoint> endpoints(Monitor& monitor, std::function<inventory::CloudPtr()> cloud) {
  std::vector<net::Endpoint> table;
  table.push_back(
      {{"GET", "/api/v1/checks", Permission::read_status,
        "Every check with its verdict and its newest observation.", shape::any("All checks.")},
       [&monitor, cloud](const Call&) -> Result<Answer> {
         const auto current = cloud();
         std::map<inventory::CheckId, CheckStand> stands;
         for (CheckStand& stand : monitor.stands()) {
           const auto id = stand.check;
           stands.emplace(id, std::move(stand));
         }
         JsonArray checks;
         for (const auto& [id, instance] : current->instances)
           for (const inventory::Check& check : instance.checks)
             checks.push_back(to_json(check, stands[check.id]));
         return Json{{"checks", checks}};
       }});
  table.push_back({{"POST", "/api/v1/checks/run", Permission::run_check,
                    "Runs one check now, outside its rhythm and without effect on its state.",
                    shape::any("What was observed."),
                    shape::object("RunCheck", "Which check to run.",
                                  {{"check", shape::text("INSTANCE/CHECK", 3, 256)}})},
                   [&monitor](const Call& call) -> Result<Answer> {
                     return Json(
                         to_json(TRY(monitor.probe_once(inventory::CheckId(call.text("check"))))));
                   }});
  return table;
}

}  // namespace nocturn::monitoring
