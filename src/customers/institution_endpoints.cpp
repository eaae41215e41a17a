#include "customers/endpoint_tables.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "crypto/sha256.h"
#include "customers/records.h"
#include "customers/rules.h"
#include "customers/shapes.h"
#include "net/paging.h"

namespace nocturn::customers {
namespace {

using net::Call;
using net::Permission;

constexpr std::size_t kTagDigits = 16;

Result<net::Answer> list(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  std::vector<Institution> found;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    found = TRY(records::institutions(reader,
                                      {.search = call.parameter("q").value_or(""),
                                       .territory = call.parameter("territory").value_or(""),
                                       .instance = call.parameter("instance").value_or(""),
                                       .at = desk.clock->wall()},
                                      page));
    return {};
  }));
  Json next = net::next_of(found, limit, [](const Institution& one) { return one.id.text(); });
  JsonArray rows;
  for (const Institution& institution : found) rows.push_back(to_json(institution));
  return net::Answer(Json{{"institutions", std::move(rows)}, {"next", std::move(next)}});
}

Result<net::Answer> show(const Desk& desk, const Call& call) {
  const Account account = TRY(Work(desk, call).account());
  net::Answer answer(to_json(account));
  const std::string digest = to_hex(crypto::sha256(boost::json::serialize(answer.body)));
  answer.version = fmt::format("{}.{}", account.institution.version,
                               std::string_view(digest).substr(0, kTagDigits));
  return answer;
}

Result<net::Answer> add(const Desk& desk, const Call& call) {
  Institution wanted{.id = InstitutionId(call.text("id")), .language = "en"};
  const Given given(call);
  given.text("name", wanted.name);
  given.text("territory", wanted.territory);
  given.text("time_zone", wanted.time_zone);
  given.text("language", wanted.language);
  given.list("aliases", wanted.aliases);
  wanted = TRY(right(desk, call, std::move(wanted)));
  TRY(desk.ledger->record([wanted, by = call.caller.name](store::Reader& reader,
                                                          WallTime) -> Events {
    const auto account = TRY(records::account(reader, wanted.id));
    if (account && !account->institution.removed_at)
      return mistaken("id", fmt::format("there is an institution {} already", wanted.id.text()));
    return put(account, wanted, by);
  }));
  std::optional<Institution> added;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    added = TRY(records::institution(reader, wanted.id));
    return {};
  }));
  return net::Answer(to_json(added.value_or(wanted)));
}

Result<net::Answer> change(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  const Institution before = TRY(work.account()).institution;
  Institution wanted = before;
  const Given given(call);
  given.text("name", wanted.name);
  given.text("territory", wanted.territory);
  given.text("time_zone", wanted.time_zone);
  given.text("language", wanted.language);
  given.list("aliases", wanted.aliases);
  wanted = TRY(right(desk, call, std::move(wanted)));
  // What was read is what is changed: another change in between is told.
  const std::string seen = expected_version(call).value_or(std::to_string(before.version));
  TRY_STATUS(work.record([=, by = work.by()](const auto& account, WallTime) -> Events {
    if (account) TRY_STATUS(same_version(seen, account->institution.version));
    return put(account, wanted, by);
  }));
  return show(desk, call);
}

Result<net::Answer> remove_it(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  TRY(work.account());
  TRY_STATUS(work.record([expected = expected_version(call), by = work.by()](
                             const auto& account, WallTime now) -> Events {
    if (!account) return fail(ErrorCode::not_found, "there is no such institution");
    TRY_STATUS(same_version(expected, account->institution.version));
    return remove(*account, by, now);
  }));
  return Json(nullptr);
}

}  // namespace

std::vector<net::Endpoint> institution_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  std::vector<net::Parameter> query = net::page_parameters();
  query.push_back({"q", shape::text("Part of an id, a name or an alias.", 0, 200)});
  query.push_back({"territory", shape::text("Only those of this territory.", 0, 128)});
  query.push_back({"instance", shape::text("Only those that use this instance now.", 0, 128)});
  table.push_back(at(desk,
                     {.method = "GET",
                      .path = "/api/v1/customers",
                      .permission = Permission::read_customers,
                      .summary = "Lists institutions, by id.",
                      .response = shape::object(
                          "Institutions", "A page of institutions.",
                          {{"institutions", shape::list("Institutions.", shapes::institution())},
                           net::next_field()}),
                      .query = std::move(query)},
                     list));
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers",
                      .permission = Permission::manage_customers,
                      .summary = "Adds an institution.",
                      .response = shapes::institution(),
                      .request = shapes::institution_to_add(),
                      .example = R"({"id": "northgate", "name": "Northgate University",
                        "territory": "emea", "time_zone": "Europe/Amsterdam"})",
                      .status = 201},
                     add));
  table.push_back(at(desk,
                     {.method = "GET",
                      .path = "/api/v1/customers/{institution}",
                      .permission = Permission::read_customers,
                      .summary = "One institution with its contacts and account assets.",
                      .response = shapes::account()},
                     show));
  table.push_back(at(desk,
                     {.method = "PATCH",
                      .path = "/api/v1/customers/{institution}",
                      .permission = Permission::manage_customers,
                      .summary = "Changes an institution.",
                      .response = shapes::account(),
                      .request = shapes::institution_to_change(),
                      .example = R"({"name": "Northgate University"})"},
                     change));
  table.push_back(at(desk,
                     {.method = "DELETE",
                      .path = "/api/v1/customers/{institution}",
                      .permission = Permission::manage_customers,
                      .summary = "Removes an institution and its contacts, and ends its account "
                                 "assets; the history stays.",
                      .status = 204},
                     remove_it));
  return table;
}

}  // namespace nocturn::customers
