#include "identity/shapes.h"

#include <boost/json.hpp>

#include "base/json_time.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

std::vector<std::string_view> role_names() {
  std::vector<std::string_view> names;
  for (int i = 0; i < kRoles; ++i) names.push_back(name_of(static_cast<Role>(i)));
  return names;
}

std::vector<std::string_view> permission_names() {
  std::vector<std::string_view> names;
  for (const net::Permission permission : net::kPermissions)
    names.push_back(net::name_of(permission));
  return names;
}

std::vector<std::string_view> method_names() {
  std::vector<std::string_view> names;
  for (const Method method :
       {Method::password, Method::recovery_code, Method::oidc, Method::token, Method::socket})
    names.push_back(name_of(method));
  return names;
}

JsonArray names_of(std::span<const net::Permission> permissions) {
  JsonArray names;
  for (const net::Permission permission : permissions) names.emplace_back(net::name_of(permission));
  return names;
}

JsonArray to_json(const std::vector<Grant>& grants) {
  JsonArray list;
  for (const Grant& grant : grants)
    list.push_back(
        Json{{"role", name_of(grant.role)},
             {"institution", grant.institution.empty() ? Json(nullptr) : Json(grant.institution)}});
  return list;
}

}  // namespace

namespace shapes {

Shape id(std::string_view about) { return shape::text(about, 1, 64); }
Shape login() { return shape::text("What is typed to sign in.", 1, 64); }

Shape permission_list(std::string_view about) {
  return shape::list(about, shape::choice("A right.", permission_names()), 100);
}

Shape role_held() {
  return shape::object(
      "RoleHeld", "A role of an account.",
      {{"role", shape::choice("The role.", role_names())},
       {"institution", shape::text("For which institution alone; null: everywhere.").or_null()}});
}

Shape roles_to_set() {
  const Shape institution = shape::text("For which institution alone.", 1, 128).or_null();
  return shape::list("All roles that the account shall have.",
                     shape::object("RoleToSet", "A role for an account.",
                                   {{"role", shape::choice("The role.", role_names())},
                                    {"institution", institution, shape::optional}}),
                     kMostRoles);
}

Shape account() {
  return shape::object(
      "Account", "A way to sign in; it holds the roles.",
      {{"id", id("Its id.")},
       {"login", shape::text("What is typed to sign in.")},
       {"kind", shape::choice("A person's, or a program's.", {"person", "service"})},
       {"person", shape::text("The person's id; null for services.").or_null()},
       {"roles", shape::list("Its roles.", role_held())},
       {"disabled", shape::boolean("Nobody can sign in with it.")},
       {"second_factor", shape::boolean("One-time codes are asked for.")},
       {"has_password", shape::boolean("It can sign in with a password.")},
       {"created_at", shape::time("When it was opened.")},
       {"last_sign_in_at", shape::time("Newest sign-in; null: never.").or_null()},
       {"version", shape::text("Changes with roles and disabled; for If-Match.")}});
}

Shape person() {
  return shape::object("Person", "A human being with accounts.",
                       {{"id", id("Its id.")},
                        {"name", shape::text("Full name.")},
                        {"email", shape::text("E-mail address; may be empty.")},
                        {"created_at", shape::time("When it was added.")},
                        {"version", shape::text("Changes with name and e-mail; for If-Match.")},
                        {"accounts", shape::list("Accounts.", account())}});
}

Shape session() {
  return shape::object(
      "Session", "Who is signed in, and what they may.",
      {{"account", shape::object("SessionAccount",
                                 "The account; its id is empty for the local "
                                 "operator.",
                                 {{"id", shape::text("Its id.")},
                                  {"login", shape::text("Its login.")},
                                  {"kind", shape::text("person or service.")}})},
       {"person", shape::object("SessionPerson", "The person behind it.",
                                {{"id", id("Its id.")}, {"name", shape::text("Full name.")}})
                      .or_null()},
       {"roles", shape::list("The account's roles.", role_held())},
       {"permissions", permission_list("What they may do to the cloud as a whole.")},
       {"csrf", shape::text("For the header X-CSRF-Token; empty where none is needed.")},
       {"method", shape::choice("How they came in.", method_names())},
       {"second_factor", shape::boolean("The account has a second factor.")},
       {"expires_at", shape::time("When it ends at the latest.").or_null()}});
}

Shape sessions() {
  const Shape entry =
      shape::object("SessionEntry", "A session of an account.",
                    {{"id", id("Its id.")},
                     {"created_at", shape::time("When it began.")},
                     {"last_seen_at", shape::time("Newest request, to the minute.")},
                     {"expires_at", shape::time("When it ends at the latest.")},
                     {"address", shape::text("Where it signed in from.")},
                     {"agent", shape::text("What the browser calls itself.")},
                     {"method", shape::choice("How it came in.", method_names())},
                     {"current", shape::boolean("The one that asks.")}});
  return shape::object("Sessions", "The sessions of an account.",
                       {{"sessions", shape::list("Live ones.", entry)}});
}

namespace {
Shape token() {
  return shape::object("Token", "A key for a program; its secret was shown once.",
                       {{"id", id("Its id.")},
                        {"name", shape::text("What it is for.")},
                        {"scopes", permission_list("What it may, if its account may.")},
                        {"created_at", shape::time("When it was made.")},
                        {"expires_at", shape::time("When it ends.")},
                        {"last_used_at", shape::time("Newest use, to the minute.").or_null()}});
}
}  // namespace

Shape tokens() {
  return shape::object("Tokens", "The tokens of an account.",
                       {{"tokens", shape::list("Live ones.", token())}});
}

Shape new_token() {
  return shape::object(
      "NewToken", "A token to make.",
      {{"name", shape::text("What it is for.", 1, 200)},
       {"scopes", permission_list("What it may.")},
       {"expires_in_days", shape::integer("Days until it ends.", 1, kLongestTokenDays)}});
}

Shape made_token() {
  return shape::object("MadeToken", "A new token.",
                       {{"token", shape::text("The secret; shown this once.")}, {"info", token()}});
}

Shape done() { return shape::object("Done", "It is done.", {}); }

}  // namespace shapes

Json to_json(const Account& account) {
  return {{"id", account.id.text()},
          {"login", account.login},
          {"kind", name_of(account.kind)},
          {"person", account.person.empty() ? Json(nullptr) : Json(account.person.text())},
          {"roles", to_json(account.grants)},
          {"disabled", account.disabled},
          {"second_factor", !account.second_factor.empty()},
          {"has_password", !account.password.empty()},
          {"created_at", to_rfc3339(account.created_at)},
          {"last_sign_in_at", time_or_null(account.last_sign_in_at)},
          {"version", std::to_string(account.version)}};
}

Json to_json(const Person& person, const std::vector<Account>& accounts) {
  JsonArray list;
  for (const Account& account : accounts) list.push_back(to_json(account));
  return {{"id", person.id.text()},
          {"name", person.name},
          {"email", person.email},
          {"created_at", to_rfc3339(person.created_at)},
          {"version", std::to_string(person.version)},
          {"accounts", std::move(list)}};
}

Json to_json(const Session& session, const std::string& current) {
  return {{"id", session.id.text()},
          {"created_at", to_rfc3339(session.created_at)},
          {"last_seen_at", to_rfc3339(session.last_seen_at)},
          {"expires_at", to_rfc3339(session.expires_at)},
          {"address", session.address},
          {"agent", session.agent},
          {"method", name_of(session.method)},
          {"current", session.id.text() == current}};
}

Json to_json(const Token& token) {
  return {{"id", token.id.text()},
          {"name", token.name},
          {"scopes", names_of(token.scopes)},
          {"created_at", to_rfc3339(token.created_at)},
          {"expires_at", to_rfc3339(token.expires_at)},
          {"last_used_at", time_or_null(token.last_used_at)}};
}

Json to_json(const Visitor& visitor, const std::optional<Person>& person) {
  const net::Caller& caller = visitor.subject.caller;
  std::optional<WallTime> expires_at;
  if (visitor.session) expires_at = visitor.session->expires_at;
  if (visitor.token) expires_at = visitor.token->expires_at;
  Json who = nullptr;
  if (person) who = {{"id", person->id.text()}, {"name", person->name}};
  return {{"account",
           {{"id", caller.account},
            {"login", caller.name},
            {"kind", name_of(visitor.account ? visitor.account->kind : AccountKind::person)}}},
          {"person", std::move(who)},
          {"roles", to_json(visitor.subject.grants)},
          {"permissions", names_of(permitted(visitor.subject))},
          {"csrf", visitor.csrf},
          {"method", name_of(visitor.method)},
          {"second_factor", visitor.account && !visitor.account->second_factor.empty()},
          {"expires_at", time_or_null(expires_at)}};
}

std::vector<Grant> grants_from(const Json& body) {
  std::vector<Grant> grants;
  for (const Json& each : body.at("roles").as_array()) {
    const JsonObject& fields = each.as_object();
    const Json* institution = fields.if_contains("institution");
    Grant grant;
    grant.role = role_from(fields.at("role").as_string()).value_or(Role::viewer);
    if (institution != nullptr && institution->is_string())
      grant.institution = std::string(institution->get_string());
    grants.push_back(std::move(grant));
  }
  return grants;
}

std::vector<net::Permission> scopes_from(const Json& body) {
  std::vector<net::Permission> scopes;
  for (const Json& each : body.at("scopes").as_array())
    for (const net::Permission permission : net::kPermissions)
      if (net::name_of(permission) == std::string_view(each.as_string()))
        scopes.push_back(permission);
  return scopes;
}

}  // namespace nocturn::identity
