#include "customers/endpoints.h"

#include <boost/json.hpp>

#include "customers/records.h"
#include "customers/rules.h"
#include "customers/shapes.h"

namespace nocturn::customers {
namespace {

using net::Call;
using net::Permission;

constexpr std::uint64_t kEntriesAtOnce = 1'000;

// One handler's view of the desk: what is stored, and recording what a rule decides.
class Work {
 public:
  Work(const Desk& desk, const Call& call) : desk_(desk), call_(call) {}

  InstitutionId institution() const { return InstitutionId(call_.path_parameter("institution")); }

  // `not_found` for what was removed, too.
  Result<Account> account() const {
    std::optional<Account> found;
    TRY_STATUS(desk_.database->read([&](store::Reader& reader) -> Status {
      found = TRY(records::account(reader, institution()));
      return {};
    }));
    if (!found || found->institution.removed_at)
      return fail(ErrorCode::not_found, "there is no institution {}", institution().text());
    return *std::move(found);
  }

  // Decides on the account as it is stored then.
  Status record(std::function<Events(const std::optional<Account>&, WallTime)> decide) const {
    TRY(desk_.ledger->record([id = institution(), decide = std::move(decide)](
                                 store::Reader& reader, WallTime now) -> Events {
      return decide(TRY(records::account(reader, id)), now);
    }));
    return {};
  }

  template <class NewId>
  NewId new_id() const {
    return NewId(new_uuid(*desk_.clock, *desk_.random));
  }
  const std::string& by() const { return call_.caller.name; }

 private:
  const Desk& desk_;
  const Call& call_;
};

template <class Row>
Result<Row> right(const Desk& desk, Row row) {
  Faults faults;
  row = spelled(std::move(row), *desk.cloud(), faults);
  if (!faults.empty()) return std::unexpected(to_error(faults));
  return row;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> all;
  for (const Json& text : list.as_array()) all.emplace_back(text.as_string());
  return all;
}

// The fields of a body that may be left out.
class Given {
 public:
  explicit Given(const Call& call) : fields_(call.body.as_object()) {}
  void text(std::string_view name, std::string& into) const {
    if (const Json* value = fields_.if_contains(name)) into = value->as_string();
  }
  void list(std::string_view name, std::vector<std::string>& into) const {
    if (const Json* value = fields_.if_contains(name)) into = texts(*value);
  }
  Status time(std::string_view name, WallTime& into) const {
    if (const Json* value = fields_.if_contains(name)) into = TRY(from_rfc3339(value->as_string()));
    return {};
  }
  Status time(std::string_view name, std::optional<WallTime>& into) const {
    const Json* value = fields_.if_contains(name);
    if (value != nullptr && value->is_null()) into.reset();
    if (value != nullptr && value->is_string()) into = TRY(from_rfc3339(value->as_string()));
    return {};
  }

 private:
  const JsonObject& fields_;
};

template <class Row>
net::Answer versioned(const Row& row) {
  net::Answer answer(to_json(row));
  answer.version = std::to_string(row.version);
  return answer;
}

// Somebody changed it since the caller looked, or not.
Status same_version(const std::optional<std::string>& expected, std::uint64_t version) {
  if (!expected || *expected == std::to_string(version)) return {};
  return fail(ErrorCode::precondition, "somebody changed this since; look again, then decide");
}

template <class Row>
Result<Row> one_of(const std::vector<Row>& rows, const std::string& id, std::string_view kind) {
  for (const Row& row : rows)
    if (row.id.text() == id) return row;
  return fail(ErrorCode::not_found, "there is no {} {}", kind, id);
}

Result<net::Answer> list(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;  // one more tells whether there is a next page
  std::vector<Institution> found;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    found = TRY(records::institutions(reader, call.parameter("q").value_or(""),
                                      call.parameter("territory").value_or(""), page));
    return {};
  }));
  Json next = nullptr;
  if (found.size() > limit) {
    found.pop_back();
    next = net::cursor_after(found.back().id.text());
  }
  JsonArray rows;
  for (const Institution& institution : found) rows.push_back(to_json(institution));
  return net::Answer(Json{{"institutions", std::move(rows)}, {"next", std::move(next)}});
}

Result<net::Answer> show(const Desk& desk, const Call& call) {
  const Account account = TRY(Work(desk, call).account());
  net::Answer answer(to_json(account));
  answer.version = std::to_string(account.institution.version);
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
  wanted = TRY(right(desk, std::move(wanted)));
  TRY(desk.ledger->record(
      [wanted, by = call.caller.name](store::Reader& reader, WallTime) -> Events {
        const auto account = TRY(records::account(reader, wanted.id));
        if (account && !account->institution.removed_at)
          return fail(ErrorCode::conflict, "there is an institution {} already", wanted.id.text());
        return put(account, wanted, by);
      }));
  return net::Answer(to_json(wanted));
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
  wanted = TRY(right(desk, std::move(wanted)));
  // What was read is what is changed: another change in between is told.
  const std::string seen = call.expected_version().value_or(std::to_string(before.version));
  TRY_STATUS(work.record([=, by = work.by()](const auto& account, WallTime) -> Events {
    if (account) TRY_STATUS(same_version(seen, account->institution.version));
    return put(account, wanted, by);
  }));
  return show(desk, call);
}

Result<net::Answer> remove_it(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  TRY(work.account());
  TRY_STATUS(work.record([expected = call.expected_version(), by = work.by()](
                             const auto& account, WallTime now) -> Events {
    if (!account) return fail(ErrorCode::not_found, "there is no such institution");
    TRY_STATUS(same_version(expected, account->institution.version));
    return remove(*account, by, now);
  }));
  return Json(nullptr);
}

template <class Row>
Result<net::Answer> put_row(const Desk& desk, const Call& call, Row wanted, std::uint64_t seen) {
  const Work work(desk, call);
  wanted.institution = work.institution();
  wanted = TRY(right(desk, std::move(wanted)));
  const std::string expected = call.expected_version().value_or(std::to_string(seen));
  TRY_STATUS(work.record([=, by = work.by()](const auto& account, WallTime) -> Events {
    if (account) {
      const auto& rows = [&]() -> const std::vector<Row>& {
        if constexpr (std::is_same_v<Row, Contact>)
          return account->contacts;
        else
          return account->assets;
      }();
      for (const Row& row : rows)
        if (row.id == wanted.id) TRY_STATUS(same_version(expected, row.version));
    }
    return put(account, wanted, by);
  }));
  return net::Answer(to_json(wanted));
}

Result<net::Answer> add_contact(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  Contact wanted{.id = work.new_id<ContactId>()};
  const Given given(call);
  given.text("name", wanted.name);
  given.text("email", wanted.email);
  given.text("language", wanted.language);
  given.list("products", wanted.products);
  return put_row(desk, call, std::move(wanted), 0);
}

Result<Contact> contact_of(const Desk& desk, const Call& call) {
  return one_of(TRY(Work(desk, call).account()).contacts, call.path_parameter("contact"),
                "contact");
}
Result<Asset> asset_of(const Desk& desk, const Call& call) {
  return one_of(TRY(Work(desk, call).account()).assets, call.path_parameter("asset"),
                "account asset");
}

Result<net::Answer> show_contact(const Desk& desk, const Call& call) {
  return versioned(TRY(contact_of(desk, call)));
}

Result<net::Answer> change_contact(const Desk& desk, const Call& call) {
  Contact wanted = TRY(contact_of(desk, call));
  const std::uint64_t seen = wanted.version;
  const Given given(call);
  given.text("name", wanted.name);
  given.text("email", wanted.email);
  given.text("language", wanted.language);
  given.list("products", wanted.products);
  return put_row(desk, call, std::move(wanted), seen);
}

Result<net::Answer> remove_contact(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  TRY_STATUS(work.record([id = ContactId(call.path_parameter("contact")), by = work.by()](
                             const auto& account, WallTime) -> Events {
    if (!account) return fail(ErrorCode::not_found, "there is no such institution");
    return remove(*account, id, by);
  }));
  return Json(nullptr);
}

// Every entry that tells of somebody still, with its payload.
Result<std::vector<ledger::Entry>> told_of(const Desk& desk, const std::string& object) {
  return desk.ledger->find({.from = 0, .object = object, .limit = kEntriesAtOnce});
}

Result<net::Answer> export_contact(const Desk& desk, const Call& call) {
  const Contact contact = TRY(contact_of(desk, call));
  JsonArray entries;
  for (const ledger::Entry& entry : TRY(told_of(desk, "contact/" + contact.id.text())))
    entries.push_back(Json{{"index", entry.index},
                           {"time", to_rfc3339(entry.time)},
                           {"type", entry.event.type},
                           {"payload", TRY(parse_json(entry.event.payload))}});
  return net::Answer(Json{{"contact", to_json(contact)}, {"entries", std::move(entries)}});
}

// May be called again after a crash half-way: what was removed is still found by its entries.
Result<net::Answer> erase_contact(const Desk& desk, const Call& call) {
  const std::string& id = call.path_parameter("contact");
  if (const auto contact = contact_of(desk, call); contact)
    TRY(remove_contact(desk, call));
  else if (contact.error().code != ErrorCode::not_found)
    return std::unexpected(contact.error());
  std::int64_t erased = 0;
  bool known = false;
  for (const ledger::Entry& entry : TRY(told_of(desk, "contact/" + id))) {
    known = true;
    if (entry.event.sensitivity != ledger::Sensitivity::personal || entry.event.payload.empty())
      continue;
    TRY_STATUS(desk.ledger->erase_payload(entry.index));
    ++erased;
  }
  if (!known) return fail(ErrorCode::not_found, "there is no contact {}", id);
  return net::Answer(Json{{"erased", erased}});
}

Result<net::Answer> add_asset(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  Asset wanted{.id = work.new_id<AssetId>(),
               .product = call.text("product"),
               .instance = call.text("instance"),
               .from = desk.clock->wall()};
  const Given given(call);
  TRY_STATUS(given.time("from", wanted.from));
  TRY_STATUS(given.time("until", wanted.until));
  return put_row(desk, call, std::move(wanted), 0);
}

Result<net::Answer> change_asset(const Desk& desk, const Call& call) {
  Asset wanted = TRY(asset_of(desk, call));
  const std::uint64_t seen = wanted.version;
  const Given given(call);
  TRY_STATUS(given.time("from", wanted.from));
  TRY_STATUS(given.time("until", wanted.until));
  return put_row(desk, call, std::move(wanted), seen);
}

Result<net::Answer> remove_asset(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  TRY_STATUS(work.record([id = AssetId(call.path_parameter("asset")), by = work.by()](
                             const auto& account, WallTime) -> Events {
    if (!account) return fail(ErrorCode::not_found, "there is no such institution");
    return remove(*account, id, by);
  }));
  return Json(nullptr);
}

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
  if (dry_run) {
    TRY_STATUS(desk.database->read(plan));
    return net::Answer(to_json(import, false));
  }
  TRY(desk.ledger->record([&](store::Reader& reader, WallTime) -> Events {
    TRY_STATUS(plan(reader));
    return std::move(import.events);
  }));
  return net::Answer(to_json(import, import.mistakes.empty()));
}

using Handle = Result<net::Answer> (*)(const Desk&, const Call&);

net::Endpoint at(const Desk& desk, net::EndpointSpec spec, Handle handle) {
  if (spec.path.contains("{institution}")) spec.object = "institution/{institution}";
  return {std::move(spec), [desk, handle](const Call& call) { return handle(desk, call); }};
}

void add_institutions(const Desk& desk, std::vector<net::Endpoint>& table) {
  std::vector<net::Parameter> query = net::page_parameters();
  query.push_back({"q", shape::text("Part of an id, a name or an alias.", 0, 200)});
  query.push_back({"territory", shape::text("Only those of this territory.", 0, 128)});
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
                        "dry_run": true})"},
         import_table));
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
}

void add_contacts(const Desk& desk, std::vector<net::Endpoint>& table) {
  constexpr std::string_view kOne = "/api/v1/customers/{institution}/contacts/{contact}";
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers/{institution}/contacts",
                      .permission = Permission::manage_customers,
                      .summary = "Adds a contact.",
                      .response = shapes::contact(),
                      .request = shapes::contact_to_add(),
                      .example = R"({"name": "Mary Jones", "email": "mary@northgate.example",
                        "products": ["catalog"]})",
                      .status = 201},
                     add_contact));
  table.push_back(at(desk,
                     {.method = "GET",
                      .path = kOne,
                      .permission = Permission::read_customers,
                      .summary = "One contact.",
                      .response = shapes::contact()},
                     show_contact));
  table.push_back(at(desk,
                     {.method = "PATCH",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Changes a contact.",
                      .response = shapes::contact(),
                      .request = shapes::contact_to_change(),
                      .example = R"({"products": ["catalog", "discovery"]})"},
                     change_contact));
  table.push_back(at(desk,
                     {.method = "DELETE",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Removes a contact; what the ledger tells of them stays.",
                      .status = 204},
                     remove_contact));
  table.push_back(at(
      desk,
      {.method = "GET",
       .path = "/api/v1/customers/{institution}/contacts/{contact}/export",
       .permission = Permission::erase_contacts,
       .summary = "All that is kept about a contact.",
       .response =
           shape::object("ContactExport", "All that is kept about a contact.",
                         {{"contact", shapes::contact()},
                          {"entries", shape::list("The ledger's, from the first.",
                                                  shape::any("Index, time, type and payload."))}})},
      export_contact));
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers/{institution}/contacts/{contact}/erasure",
                      .permission = Permission::erase_contacts,
                      .summary = "Removes a contact and erases what the ledger tells of them; its "
                                 "proofs stand.",
                      .response = shape::object(
                          "ContactErasure", "What was erased.",
                          {{"erased", shape::integer("Entries whose payload is gone.", 0)}})},
                     erase_contact));
}

void add_assets(const Desk& desk, std::vector<net::Endpoint>& table) {
  constexpr std::string_view kOne = "/api/v1/customers/{institution}/assets/{asset}";
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers/{institution}/assets",
                      .permission = Permission::manage_customers,
                      .summary = "Adds an account asset: a product at an instance, from now on "
                                 "when nothing else is said.",
                      .response = shapes::asset(),
                      .request = shapes::asset_to_add(),
                      .example = R"({"product": "catalog", "instance": "catalog-eu01"})",
                      .status = 201},
                     add_asset));
  table.push_back(at(desk,
                     {.method = "PATCH",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Changes the time of an account asset.",
                      .response = shapes::asset(),
                      .request = shapes::asset_to_change(),
                      .example = R"({"until": "2027-01-01T00:00:00Z"})"},
                     change_asset));
  table.push_back(at(desk,
                     {.method = "DELETE",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Takes back an account asset that never was.",
                      .status = 204},
                     remove_asset));
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  add_institutions(desk, table);
  add_contacts(desk, table);
  add_assets(desk, table);
  return table;
}

}  // namespace nocturn::customers
