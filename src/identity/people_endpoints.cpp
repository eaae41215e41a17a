#include <boost/json.hpp>

#include "identity/endpoint_tables.h"
#include "identity/people.h"
#include "identity/records.h"
#include "identity/shapes.h"
#include "net/paging.h"

// Persons and the accounts that they own.
namespace nocturn::identity {
namespace {

using net::Call;
using net::Permission;
using Parts = Identity::Parts;

Result<Json> person_json(Parts& parts, const PersonId& id) {
  return parts.read([&](store::Reader& reader) -> Result<Json> {
    const auto person = TRY(records::person(reader, id));
    if (!person || person->removed_at)
      return fail(ErrorCode::not_found, "there is no person {}", id.text());
    return to_json(*person, TRY(records::accounts_of(reader, id)));
  });
}

Result<net::Answer> list(Parts& parts, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  return parts.read([&](store::Reader& reader) -> Result<net::Answer> {
    auto people = TRY(records::people(reader, call.parameter("q").value_or(""), page));
    Json next = net::next_of(people, limit, records::page_key);
    JsonArray list;
    for (const Person& person : people)
      list.push_back(to_json(person, TRY(records::accounts_of(reader, person.id))));
    return net::Answer(Json{{"people", std::move(list)}, {"next", std::move(next)}});
  });
}

// A link that goes with a new account: what the command knows of it, and what the person gets.
struct Link {
  explicit Link(Parts& parts)
      : secret(draw_secret(parts.random)),
        invitation{parts.new_id<InvitationId>(), digest_of(secret)} {}
  std::string secret;
  NewInvitation invitation;
};

Result<net::Answer> add(Parts& parts, const Call& call) {
  const PersonId id = parts.new_id<PersonId>();
  const Link link(parts);
  TRY(parts.record(on_store(AddPerson{.id = id,
                                      .name = call.text("name"),
                                      .email = call.text("email"),
                                      .account = {.id = parts.new_id<AccountId>(),
                                                  .login = call.text("login"),
                                                  .grants = grants_from(call.body),
                                                  .invitation = link.invitation},
                                      .by = TRY(actor_of(parts, call))})));
  return Json{{"person", TRY(person_json(parts, id))},
              {"invitation_url", invitation_url(parts, call.request, link.secret)}};
}

Result<net::Answer> add_account(Parts& parts, const Call& call) {
  const AccountId id = parts.new_id<AccountId>();
  const Link link(parts);
  TRY(parts.record(on_store(OpenAccount{.person = PersonId(call.path_parameter("person")),
                                        .account = {.id = id,
                                                    .login = call.text("login"),
                                                    .grants = grants_from(call.body),
                                                    .invitation = link.invitation},
                                        .by = TRY(actor_of(parts, call))})));
  return Json{{"account", to_json(TRY(live_account(parts, id)))},
              {"invitation_url", invitation_url(parts, call.request, link.secret)}};
}

Result<net::Answer> show(Parts& parts, const Call& call) {
  return versioned(TRY(person_json(parts, PersonId(call.path_parameter("person")))));
}

Result<net::Answer> change(Parts& parts, const Call& call) {
  const JsonObject& body = call.body.as_object();
  const PersonId id(call.path_parameter("person"));
  ChangePerson command{.id = id,
                       .name = {},
                       .email = {},
                       .expected = expected_version(call),
                       .by = TRY(actor_of(parts, call))};
  if (body.contains("name")) command.name = call.text("name");
  if (body.contains("email")) command.email = call.text("email");
  TRY(parts.record(on_store(std::move(command))));
  return show(parts, call);
}

Result<net::Answer> remove(Parts& parts, const Call& call) {
  TRY(parts.record(on_store(RemovePerson{.id = PersonId(call.path_parameter("person")),
                                         .expected = expected_version(call),
                                         .by = TRY(actor_of(parts, call))})));
  return Json(nullptr);
}

Shape name() { return shape::text("Full name.", 1, 200); }
Shape email() { return shape::text("E-mail address; may be empty.", 0, 254); }
Shape url() { return shape::text("A one-time link for the person; lives a day, shown this once."); }

Shape person_to_add() {
  return shape::object("AddPerson", "Whom to add.",
                       {{"name", name()},
                        {"email", email(), shape::optional},
                        {"login", shapes::login()},
                        {"roles", shapes::roles_to_set()}});
}

}  // namespace

std::vector<net::Endpoint> people_endpoints(Desk desk) {
  std::vector<net::Parameter> query = net::page_parameters();
  query.push_back({"q", shape::text("Part of a name, e-mail address or login.", 0, 200)});
  std::vector<net::Endpoint> table;
  table.push_back({{.method = "GET",
                    .path = "/api/v1/people",
                    .permission = Permission::read_people,
                    .summary = "Lists people with their accounts, by name.",
                    .response = shape::object(
                        "People", "A page of people.",
                        {{"people", shape::list("People.", shapes::person())}, net::next_field()}),
                    .query = std::move(query)},
                   at(desk, list)});
  table.push_back(
      {{.method = "POST",
        .path = "/api/v1/people",
        .permission = Permission::manage_people,
        .summary = "Adds a person with a first account, and makes the link that invites them.",
        .response = shape::object("AddedPerson", "Who was added.",
                                  {{"person", shapes::person()}, {"invitation_url", url()}}),
        .request = person_to_add(),
        .example = R"({"name": "Ada Lovelace", "email": "ada@example.org", "login": "ada",
                      "roles": [{"role": "operator"}]})",
        .status = 201,
        .secret_answer = true},
       at(desk, add)});
  table.push_back({{.method = "GET",
                    .path = "/api/v1/people/{person}",
                    .permission = Permission::read_people,
                    .summary = "One person with their accounts.",
                    .response = shapes::person(),
                    .object = "person/{person}"},
                   at(desk, show)});
  table.push_back({{.method = "PATCH",
                    .path = "/api/v1/people/{person}",
                    .permission = Permission::manage_people,
                    .summary = "Changes name or e-mail address.",
                    .response = shapes::person(),
                    .request = shape::object(
                        "ChangePerson", "What to change.",
                        {{"name", name(), shape::optional}, {"email", email(), shape::optional}}),
                    .object = "person/{person}",
                    .example = R"({"email": "ada@example.org"})"},
                   at(desk, change)});
  table.push_back({{.method = "DELETE",
                    .path = "/api/v1/people/{person}",
                    .permission = Permission::manage_people,
                    .summary = "Removes a person: their sessions and tokens end at once, the "
                               "history stays.",
                    .object = "person/{person}",
                    .status = 204},
                   at(desk, remove)});
  table.push_back(
      {{.method = "POST",
        .path = "/api/v1/people/{person}/accounts",
        .permission = Permission::manage_people,
        .summary = "Opens another account for a person.",
        .response = shape::object("AddedAccount", "What was opened.",
                                  {{"account", shapes::account()}, {"invitation_url", url()}}),
        .request = shape::object("AddAccount", "What to open.",
                                 {{"login", shapes::login()}, {"roles", shapes::roles_to_set()}}),
        .object = "person/{person}",
        .example = R"({"login": "ada-admin", "roles": [{"role": "administrator"}]})",
        .status = 201,
        .secret_answer = true},
       at(desk, add_account)});
  return table;
}

}  // namespace nocturn::identity
