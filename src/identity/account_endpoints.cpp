#include <boost/json.hpp>

#include "identity/credentials.h"
#include "identity/endpoint_tables.h"
#include "identity/people.h"
#include "identity/records.h"
#include "identity/shapes.h"
#include "net/paging.h"

// Accounts as administrators see them, the roles there are, and the keys of service accounts.
namespace nocturn::identity {
namespace {

using net::Call;
using net::Permission;
using Parts = Identity::Parts;

AccountId account_of(const Call& call) { return AccountId(call.path_parameter("account")); }

Result<net::Answer> list_roles(Parts&, const Call&) {
  JsonArray roles;
  for (int i = 0; i < kRoles; ++i) {
    const Role role = static_cast<Role>(i);
    JsonArray permissions;
    for (const Permission permission : permissions_of(role))
      permissions.emplace_back(net::name_of(permission));
    roles.push_back(Json{
        {"role", name_of(role)}, {"about", about(role)}, {"permissions", std::move(permissions)}});
  }
  return Json{{"roles", std::move(roles)}};
}

Result<net::Answer> list_services(Parts& parts, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  auto accounts = TRY(parts.read([&](store::Reader& reader) -> Result<std::vector<Account>> {
    return records::services(reader, page);
  }));
  Json next = net::next_of(accounts, limit, [](const Account& one) { return one.login; });
  JsonArray list;
  for (const Account& account : accounts) list.push_back(to_json(account));
  return Json{{"accounts", std::move(list)}, {"next", std::move(next)}};
}

Result<net::Answer> open_service(Parts& parts, const Call& call) {
  const AccountId id = parts.new_id<AccountId>();
  TRY(parts.record(on_store(OpenAccount{.person = {},
                                        .account = {.id = id,
                                                    .login = call.text("login"),
                                                    .grants = grants_from(call.body),
                                                    .invitation = std::nullopt},
                                        .by = TRY(actor_of(parts, call))})));
  return answer_account(parts, id);
}

Result<net::Answer> show(Parts& parts, const Call& call) {
  return answer_account(parts, account_of(call));
}

// Streams were opened with the rights of that moment; who may go on comes back by itself.
Status end_streams(Parts& parts, const AccountId& account) {
  std::vector<std::string> owners;
  TRY_STATUS(parts.read([&](store::Reader& reader) -> Status {
    for (const Session& session : TRY(records::sessions(reader, account, parts.clock.wall())))
      owners.push_back(session.id.text());
    for (const Token& token : TRY(records::tokens(reader, account, parts.clock.wall())))
      owners.push_back(token.id.text());
    return {};
  }));
  const std::lock_guard lock(parts.endings->mutex);
  for (const std::string& owner : owners)
    if (parts.endings->reaction) parts.endings->reaction(owner);
  return {};
}

Result<net::Answer> set_roles(Parts& parts, const Call& call) {
  TRY(parts.record(on_store(SetRoles{.id = account_of(call),
                                     .grants = grants_from(call.body),
                                     .expected = expected_version(call),
                                     .by = TRY(actor_of(parts, call))})));
  TRY_STATUS(end_streams(parts, account_of(call)));
  return show(parts, call);
}

Result<net::Answer> set_disabled(Parts& parts, const Call& call) {
  TRY(parts.record(on_store(SetDisabled{.id = account_of(call),
                                        .disabled = call.body.at("disabled").as_bool(),
                                        .expected = expected_version(call),
                                        .by = TRY(actor_of(parts, call))})));
  return show(parts, call);
}

Result<net::Answer> remove(Parts& parts, const Call& call) {
  TRY(parts.record(on_store(RemoveAccount{.id = account_of(call),
                                          .expected = expected_version(call),
                                          .by = TRY(actor_of(parts, call))})));
  return Json(nullptr);
}

Result<net::Answer> invite(Parts& parts, const Call& call) {
  const std::string secret = draw_secret(parts.random);
  TRY(parts.record(
      on_store(Invite{.id = account_of(call),
                      .invitation = {.id = parts.new_id<InvitationId>(), .hash = digest_of(secret)},
                      .by = TRY(actor_of(parts, call))})));
  return Json{{"invitation_url", invitation_url(parts, call.request, secret)},
              {"expires_at", to_rfc3339(parts.clock.wall() + kInvitationLife)}};
}

Result<net::Answer> forget_second_factor(Parts& parts, const Call& call) {
  TRY(parts.record(
      on_store(RemoveSecondFactor{.id = account_of(call), .by = TRY(actor_of(parts, call))})));
  return Json(nullptr);
}

Result<net::Answer> show_sessions(Parts& parts, const Call& call) {
  return list_sessions(parts, account_of(call), call.caller.session);
}
Result<net::Answer> show_tokens(Parts& parts, const Call& call) {
  return list_tokens(parts, account_of(call));
}

// An account that may no more than who asks: a token with few scopes must not lay hands on the
// keys of an administrator.
Result<Account> covered_account(Parts& parts, const Call& call) {
  Account account = TRY(live_account(parts, account_of(call)));
  const Actor actor = TRY(actor_of(parts, call));
  TRY_STATUS(check_covers(actor, account.grants));
  return account;
}

Result<net::Answer> add_token(Parts& parts, const Call& call) {
  const Account account = TRY(covered_account(parts, call));
  if (account.kind != AccountKind::service)
    return fail(ErrorCode::conflict, "{} is a person's account; its owner makes its tokens",
                account.login);
  return make_token(parts, call, account.id);
}

Result<net::Answer> drop_session(Parts& parts, const Call& call) {
  return end_session(parts, call, TRY(covered_account(parts, call)).id);
}
Result<net::Answer> drop_token(Parts& parts, const Call& call) {
  return revoke_token(parts, call, TRY(covered_account(parts, call)).id);
}

Shape roles() {
  const Shape role =
      shape::object("Role", "What one role allows.",
                    {{"role", shape::text("Its name.")},
                     {"about", shape::text("One sentence.")},
                     {"permissions", shapes::permission_list("The rights that it gives.")}});
  return shape::object("Roles", "Every role.", {{"roles", shape::list("Roles.", role)}});
}

// A row of the table about one account.
net::Endpoint on_account(Desk desk, net::EndpointSpec spec, Handle handle) {
  spec.object = "account/{account}";
  return {std::move(spec), at(desk, handle)};
}

}  // namespace

std::vector<net::Endpoint> account_list_endpoints(Desk desk) {
  std::vector<net::Parameter> query = net::page_parameters();
  query.push_back({"kind", shape::choice("Which kind.", {"service"})});
  const Shape page =
      shape::object("ServiceAccounts", "A page of service accounts.",
                    {{"accounts", shape::list("Accounts.", shapes::account())}, net::next_field()});
  const Shape new_service =
      shape::object("AddServiceAccount", "An account for a program.",
                    {{"login", shapes::login()}, {"roles", shapes::roles_to_set()}});
  std::vector<net::Endpoint> table;
  table.push_back({{.method = "GET",
                    .path = "/api/v1/roles",
                    .permission = Permission::own_account,
                    .summary = "Lists every role with the rights it gives.",
                    .response = roles()},
                   at(desk, list_roles)});
  table.push_back({{.method = "GET",
                    .path = "/api/v1/accounts",
                    .permission = Permission::read_people,
                    .summary = "Lists the accounts of programs, by login.",
                    .response = page,
                    .query = std::move(query)},
                   at(desk, list_services)});
  table.push_back({{.method = "POST",
                    .path = "/api/v1/accounts",
                    .permission = Permission::manage_people,
                    .summary = "Opens an account for a program.",
                    .response = shapes::account(),
                    .request = new_service,
                    .example = R"({"login": "reporter", "roles": [{"role": "viewer"}]})",
                    .status = 201},
                   at(desk, open_service)});
  return table;
}

std::vector<net::Endpoint> account_endpoints(Desk desk) {
  const Shape new_roles =
      shape::object("SetRoles", "The account's roles.", {{"roles", shapes::roles_to_set()}});
  const Shape disabled =
      shape::object("SetDisabled", "Whether the account rests.",
                    {{"disabled", shape::boolean("Nobody can sign in with it.")}});
  std::vector<net::Endpoint> table;
  table.push_back(on_account(desk,
                             {.method = "GET",
                              .path = "/api/v1/accounts/{account}",
                              .permission = Permission::read_people,
                              .summary = "One account.",
                              .response = shapes::account()},
                             show));
  table.push_back(on_account(desk,
                             {.method = "PUT",
                              .path = "/api/v1/accounts/{account}/roles",
                              .permission = Permission::manage_people,
                              .summary = "Sets all roles of an account.",
                              .response = shapes::account(),
                              .request = new_roles,
                              .example = R"({"roles": [{"role": "approver"}]})"},
                             set_roles));
  table.push_back(on_account(desk,
                             {.method = "PUT",
                              .path = "/api/v1/accounts/{account}/disabled",
                              .permission = Permission::manage_people,
                              .summary = "Lets an account rest, which ends its sessions and "
                                         "tokens, or wakes it.",
                              .response = shapes::account(),
                              .request = disabled,
                              .example = R"({"disabled": true})"},
                             set_disabled));
  table.push_back(on_account(desk,
                             {.method = "DELETE",
                              .path = "/api/v1/accounts/{account}",
                              .permission = Permission::manage_people,
                              .summary = "Removes an account; its history stays.",
                              .status = 204},
                             remove));
  return table;
}

std::vector<net::Endpoint> account_key_endpoints(Desk desk) {
  const Shape link = shape::object(
      "NewInvitation", "A one-time link.",
      {{"invitation_url", shape::text("For the person; lives a day, shown this once.")},
       {"expires_at", shape::time("When it ends.")}});
  std::vector<net::Endpoint> table;
  const auto add = [&](net::EndpointSpec spec, Handle handle) {
    table.push_back(on_account(desk, std::move(spec), handle));
  };
  add({.method = "POST",
       .path = "/api/v1/accounts/{account}/invitation",
       .permission = Permission::manage_people,
       .summary = "Makes a one-time link by which the owner sets a password; older links end.",
       .response = link,
       .status = 201,
       .secret_answer = true},
      invite);
  add({.method = "DELETE",
       .path = "/api/v1/accounts/{account}/second-factor",
       .permission = Permission::manage_people,
       .summary = "Removes the second factor of somebody who lost it, with its recovery codes.",
       .status = 204},
      forget_second_factor);
  add({.method = "GET",
       .path = "/api/v1/accounts/{account}/sessions",
       .permission = Permission::read_people,
       .summary = "Lists the account's sessions.",
       .response = shapes::sessions()},
      show_sessions);
  add({.method = "DELETE",
       .path = "/api/v1/accounts/{account}/sessions/{session}",
       .permission = Permission::manage_people,
       .summary = "Ends a session at once.",
       .status = 204},
      drop_session);
  add({.method = "GET",
       .path = "/api/v1/accounts/{account}/tokens",
       .permission = Permission::read_people,
       .summary = "Lists the account's tokens, without their secrets.",
       .response = shapes::tokens()},
      show_tokens);
  add({.method = "POST",
       .path = "/api/v1/accounts/{account}/tokens",
       .permission = Permission::manage_people,
       .summary = "Makes a token for a service account.",
       .response = shapes::made_token(),
       .request = shapes::new_token(),
       .example = R"({"name": "nightly report", "scopes": ["read_status"], "expires_in_days": 90})",
       .status = 201,
       .secret_answer = true},
      add_token);
  add({.method = "DELETE",
       .path = "/api/v1/accounts/{account}/tokens/{token}",
       .permission = Permission::manage_people,
       .summary = "Revokes a token at once.",
       .status = 204},
      drop_token);
  return table;
}

}  // namespace nocturn::identity
