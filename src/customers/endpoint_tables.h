#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/id.h"
#include "base/random.h"
#include "base/text.h"
#include "customers/endpoints.h"
#include "customers/rules.h"

// The parts of the folder's endpoint table, one file each, and what their handlers share. Handlers
// run on worker threads and hold nothing between calls.
namespace nocturn::customers {

std::vector<net::Endpoint> institution_endpoints(Desk desk);
std::vector<net::Endpoint> import_endpoints(Desk desk);
std::vector<net::Endpoint> contact_endpoints(Desk desk);
std::vector<net::Endpoint> asset_endpoints(Desk desk);

using Handle = Result<net::Answer> (*)(const Desk&, const net::Call&);
// An endpoint of an institution asks for the right to that institution.
net::Endpoint at(const Desk& desk, net::EndpointSpec spec, Handle handle);

// One handler's view of the desk: what is stored, and recording what a rule decides.
class Work {
 public:
  Work(const Desk& desk, const net::Call& call) : desk_(desk), call_(call) {}

  InstitutionId institution() const { return InstitutionId(call_.path_parameter("institution")); }
  // `not_found` for what was removed, too.
  Result<Account> account() const;
  // Decides on the account as it is stored then.
  Status record(std::function<Events(const std::optional<Account>&, WallTime)> decide) const;

  template <class NewId>
  NewId new_id() const {
    return NewId(new_uuid(*desk_.clock, *desk_.random));
  }
  const std::string& by() const { return call_.caller.name; }

 private:
  const Desk& desk_;
  const net::Call& call_;
};

// The fields of a body that may be left out: what is there replaces what the caller holds.
class Given {
 public:
  explicit Given(const net::Call& call);
  void text(std::string_view name, std::string& into) const;
  void list(std::string_view name, std::vector<std::string>& into) const;
  Status time(std::string_view name, WallTime& into) const;
  Status time(std::string_view name, std::optional<WallTime>& into) const;  // null empties it

 private:
  const JsonObject& fields_;
};

// The version of the row that the caller saw last (If-Match), or nothing. An account's tag ends in
// ".DIGEST": it tells its contacts' states apart, too, while only the institution is compared.
std::optional<std::string> expected_version(const net::Call& call);
// Somebody changed it since the caller looked, or not.
Status same_version(const std::optional<std::string>& expected, std::uint64_t version);
// As above for the row with this id; one that is not there is as expected.
template <class Row, class RowId>
Status unchanged_since(const std::optional<std::string>& expected, const std::vector<Row>& rows,
                       const RowId& id) {
  for (const Row& row : rows)
    if (row.id == id) return same_version(expected, row.version);
  return {};
}

// The row as it is kept; an error with all its faults.
template <class Row>
Result<Row> right(const Desk& desk, const net::Call& call, Row row) {
  Faults faults;
  row = spelled(std::move(row), *desk.cloud(), faults);
  if (!faults.empty()) return call.refuse(std::move(faults));
  return row;
}

template <class Row>
Result<Row> one_of(const std::vector<Row>& rows, const std::string& id, std::string_view kind) {
  for (const Row& row : rows)
    if (row.id.text() == id) return row;
  return fail(ErrorCode::not_found, "there is no {} {}", kind, id);
}

// A contact or an account asset, made or changed; `seen` is the version that was read.
Result<net::Answer> put_row(const Desk& desk, const net::Call& call, Contact wanted,
                            std::uint64_t seen);
Result<net::Answer> put_row(const Desk& desk, const net::Call& call, Asset wanted,
                            std::uint64_t seen);

}  // namespace nocturn::customers
