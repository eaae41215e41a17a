#include "customers/endpoint_tables.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "customers/rules.h"
#include "customers/shapes.h"

namespace nocturn::customers {
namespace {

using net::Call;
using net::Permission;

constexpr std::uint64_t kEntriesAtOnce = 1'000;

Result<Contact> contact_of(const Desk& desk, const Call& call) {
  return one_of(TRY(Work(desk, call).account()).contacts, call.path_parameter("contact"),
                "contact");
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

Result<net::Answer> show_contact(const Desk& desk, const Call& call) {
  const Contact contact = TRY(contact_of(desk, call));
  net::Answer answer(to_json(contact));
  answer.version = std::to_string(contact.version);
  return answer;
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
  TRY_STATUS(
      work.record([id = ContactId(call.path_parameter("contact")), by = work.by(),
                   expected = expected_version(call)](const auto& account, WallTime) -> Events {
        if (!account) return fail(ErrorCode::not_found, "there is no such institution");
        TRY_STATUS(unchanged_since(expected, account->contacts, id));
        return remove(*account, id, by);
      }));
  return Json(nullptr);
}

// Every entry that tells of somebody still, with its payload.
Result<std::vector<ledger::Entry>> told_of(const Desk& desk, const std::string& object) {
  std::vector<ledger::Entry> all;
  for (;;) {
    auto some = TRY(desk.ledger->find({.from = all.empty() ? 0 : all.back().index + 1,
                                       .object = object,
                                       .limit = kEntriesAtOnce}));
    const bool last = some.size() < kEntriesAtOnce;
    std::ranges::move(some, std::back_inserter(all));
    if (last) return all;
  }
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

}  // namespace

std::vector<net::Endpoint> contact_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
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
  return table;
}

}  // namespace nocturn::customers
