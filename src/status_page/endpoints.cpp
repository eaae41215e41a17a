#include "status_page/endpoints.h"

#include <boost/json.hpp>

#include "monitoring/endpoints.h"
#include "status_page/declarations.h"
#include "status_page/words.h"

namespace nocturn::status_page {
namespace {

using net::Call;
using net::Permission;

const DeclaredInterval* standing(const View& view, const Row& row) {
  for (const DeclaredInterval& interval : view.facts().declared)
    if (!interval.until && interval.declaration.instance == row.instance->id) return &interval;
  return nullptr;
}

JsonObject to_json(const View& view, const Row& row) {
  Json declared = nullptr;
  if (const DeclaredInterval* interval = standing(view, row)) {
    const Declaration& word = interval->declaration;
    declared = {{"indicator", name_of(word.indicator)},
                {"because", word.because},
                {"by", word.by},
                {"at", to_rfc3339(word.at)}};
  }
  return {{"id", row.instance->id.text()},
          {"name", row.instance->name},
          {"territory", row.territory->id.text()},
          {"product", row.instance->product.text()},
          {"tenancy", row.single_tenant() ? "single" : "multi"},
          {"indicator", name_of(row.shown.indicator)},
          {"cause", name_of(row.shown.cause)},
          {"since", to_rfc3339(row.since)},
          {"details", details(view, row, Words::in(Locale::en))},
          {"measured", monitoring::name_of(row.truth.measured)},
          {"declared", declared},
          {"contradiction", contradicts(row.truth)}};
}

Result<Json> list_rows(const Desk& desk) {
  const ViewPtr view = desk.view();
  JsonArray rows;
  for (const Row& row : view->rows()) rows.push_back(to_json(*view, row));
  return Json{{"as_of", to_rfc3339(view->now())}, {"rows", rows}};
}

Result<Json> show_row(const Desk& desk, const std::string& instance) {
  const ViewPtr view = desk.view();
  for (const Row& row : view->rows()) {
    if (row.instance->id.text() != instance) continue;
    JsonObject answer = to_json(*view, row);
    answer["checks"] = monitoring::checks_as_json(*row.instance, desk.stands());
    return answer;
  }
  return fail(ErrorCode::not_found, "no instance is called {}", instance);
}

Result<Json> make_declaration(const Desk& desk, const Call& call) {
  Declare command;
  command.instance = inventory::InstanceId(call.text("instance"));
  command.indicator = TRY(indicator_from(call.text("indicator")));
  command.because = call.text("because");
  command.by = call.caller.name;
  const auto cloud = desk.view()->facts().cloud;
  const auto entries = TRY(desk.ledger.record(declare(cloud, std::move(command))));
  return Json{{"entry", entries.front().index}};
}

Result<Json> end_declaration(const Desk& desk, const Call& call) {
  const auto cloud = desk.view()->facts().cloud;
  const inventory::InstanceId instance(call.path_parameter("instance"));
  const auto entries =
      TRY(desk.ledger.record(withdraw(cloud, Withdraw{instance, call.caller.name})));
  return Json{{"entry", entries.front().index}};
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  table.push_back({{"GET", "/api/v1/status", Permission::read_status,
                    "Every row with its measured and its declared state.", shape::any("All rows.")},
                   [desk](const Call&) { return list_rows(desk); }});
  table.push_back(
      {{"GET",
        "/api/v1/status/{instance}",
        Permission::read_status,
        "One row with its checks.",
        shape::any("One row."),
        {},
        {},
        "instance/{instance}"},
       [desk](const Call& call) { return show_row(desk, call.path_parameter("instance")); }});
  table.push_back(
      {{"POST", "/api/v1/status/declarations", Permission::declare_status,
        "Declares an instance's indicator over what is measured.",
        shape::any("The entry's number."),
        shape::object(
            "Declare", "A person's word about an instance.",
            {{"instance", shape::text("Its id.", 1, 128)},
             {"indicator", shape::choice("What to show.", {"normal", "information", "maintenance",
                                                           "performance", "interruption"})},
             {"because", shape::text("For the public, one line.", 1, kLongestReason)}})},
       [desk](const Call& call) { return make_declaration(desk, call); }});
  table.push_back({{"DELETE",
                    "/api/v1/status/declarations/{instance}",
                    Permission::declare_status,
                    "Withdraws the declaration that stands for an instance.",
                    shape::any("The entry's number."),
                    {},
                    {},
                    "instance/{instance}"},
                   [desk](const Call& call) { return end_declaration(desk, call); }});
  return table;
}

}  // namespace nocturn::status_page
