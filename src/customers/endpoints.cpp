#include "customers/endpoints.h"

#include <algorithm>

#include <boost/json.hpp>

#include "customers/endpoint_tables.h"
#include "customers/records.h"
#include "customers/shapes.h"

namespace nocturn::customers {
namespace {

const std::vector<Contact>& rows_like(const Contact&, const Account& account) {
  return account.contacts;
}
const std::vector<Asset>& rows_like(const Asset&, const Account& account) { return account.assets; }

template <class Row>
Result<net::Answer> put_any(const Desk& desk, const net::Call& call, Row wanted,
                            std::uint64_t seen) {
  const Work work(desk, call);
  wanted.institution = work.institution();
  wanted = TRY(right(desk, call, std::move(wanted)));
  const std::string expected = expected_version(call).value_or(std::to_string(seen));
  TRY_STATUS(work.record([=, by = work.by()](const auto& account, WallTime) -> Events {
    if (account) TRY_STATUS(unchanged_since(expected, rows_like(wanted, *account), wanted.id));
    // What was removed, perhaps erased, while it was changed does not come back.
    if (account && seen != 0) TRY(one_of(rows_like(wanted, *account), wanted.id.text(), "row"));
    return put(account, wanted, by);
  }));
  const Account account = TRY(work.account());
  return net::Answer(to_json(TRY(one_of(rows_like(wanted, account), wanted.id.text(), "row"))));
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> all;
  for (auto* table : {institution_endpoints, import_endpoints, contact_endpoints, asset_endpoints})
    for (net::Endpoint& endpoint : table(desk)) all.push_back(std::move(endpoint));
  return all;
}

net::Endpoint at(const Desk& desk, net::EndpointSpec spec, Handle handle) {
  if (spec.path.contains("{institution}")) spec.object = "institution/{institution}";
  return {std::move(spec), [desk, handle](const net::Call& call) { return handle(desk, call); }};
}

Result<Account> Work::account() const {
  std::optional<Account> found;
  TRY_STATUS(desk_.database->read([&](store::Reader& reader) -> Status {
    found = TRY(records::account(reader, institution()));
    return {};
  }));
  if (!found || found->institution.removed_at)
    return fail(ErrorCode::not_found, "there is no institution {}", institution().text());
  return *std::move(found);
}

Status Work::record(std::function<Events(const std::optional<Account>&, WallTime)> decide) const {
  TRY(desk_.ledger->record([id = institution(), decide = std::move(decide)](
                               store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(records::account(reader, id)), now);
  }));
  return {};
}

Given::Given(const net::Call& call) : fields_(call.body.as_object()) {}

void Given::text(std::string_view name, std::string& into) const {
  if (const Json* value = fields_.if_contains(name)) into = value->as_string();
}

void Given::list(std::string_view name, std::vector<std::string>& into) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr) return;
  into.clear();
  for (const Json& text : value->as_array()) into.emplace_back(text.as_string());
}

Status Given::time(std::string_view name, WallTime& into) const {
  if (const Json* value = fields_.if_contains(name)) into = TRY(from_rfc3339(value->as_string()));
  return {};
}

Status Given::time(std::string_view name, std::optional<WallTime>& into) const {
  const Json* value = fields_.if_contains(name);
  if (value != nullptr && value->is_null()) into.reset();
  if (value != nullptr && value->is_string()) into = TRY(from_rfc3339(value->as_string()));
  return {};
}

std::optional<std::string> expected_version(const net::Call& call) {
  auto expected = call.expected_version();
  if (expected) expected->resize(std::min(expected->find('.'), expected->size()));
  return expected;
}

Status same_version(const std::optional<std::string>& expected, std::uint64_t version) {
  if (!expected || *expected == std::to_string(version)) return {};
  return fail(ErrorCode::precondition, "somebody changed this since; look again, then decide");
}

Result<net::Answer> put_row(const Desk& desk, const net::Call& call, Contact wanted,
                            std::uint64_t seen) {
  return put_any(desk, call, std::move(wanted), seen);
}

Result<net::Answer> put_row(const Desk& desk, const net::Call& call, Asset wanted,
                            std::uint64_t seen) {
  return put_any(desk, call, std::move(wanted), seen);
}

}  // namespace nocturn::customers
