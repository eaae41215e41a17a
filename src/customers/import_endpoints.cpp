#include "customers/endpoint_tables.h"

#include <boost/json.hpp>

#include "customers/csv.h"
#include "customers/import.h"
#include "customers/rules.h"
#include "customers/shapes.h"

namespace nocturn::customers {
namespace {

using net::Call;
using net::Permission;

// As JSON, line ends and quotation marks take two bytes each.
constexpr std::size_t kMostBodyBytes = kMostCsvBytes + kMostCsvBytes / 4;

Result<net::Answer> import_table(const Desk& desk, const Call& call) {
  const std::string csv = call.text("csv");
  const bool dry_run = call.body.at("dry_run").as_bool();
  std::vector<std::string> ids(ids_needed(csv));
  for (std::string& id : ids) id = new_uuid(*desk.clock, *desk.random);
  const inventory::CloudPtr cloud = desk.cloud();
  Import import;
  const auto plan = [&](store::Reader& reader) -> Status {
    import = TRY(plan_import(csv, ids, *cloud, reader, call.caller.name));
    return {};
  };
  // Looked at here first, so that a table of mistakes does not keep the writer busy.
  TRY_STATUS(desk.database->read(plan));
  if (dry_run || !import.mistakes.empty()) return net::Answer(to_json(import, false));
  TRY(desk.ledger->record([&](store::Reader& reader, WallTime) -> Events {
    TRY_STATUS(plan(reader));
    return std::move(import.events);
  }));
  return net::Answer(to_json(import, import.mistakes.empty()));
}

}  // namespace

std::vector<net::Endpoint> import_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  table.push_back(
      at(desk,
         {.method = "POST",
          .path = "/api/v1/customers/import",
          .permission = Permission::manage_customers,
          .summary = "Adds and changes institutions, contacts or account assets by a "
                     "CSV table; with a mistake in it nothing is done.",
          .response = shapes::import(),
          .request = shape::object("ImportCustomers", "A table.",
                                   {{"csv", shape::text("The table, with its header.", 1)},
                                    {"dry_run", shape::boolean("Only tell what it would do.")}}),
          .example = R"({"csv": "id,name,territory,time_zone,language\n",
                        "dry_run": true})",
          .body_bytes = kMostBodyBytes},
         import_table));
  return table;
}

}  // namespace nocturn::customers
