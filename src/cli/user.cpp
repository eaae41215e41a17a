#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/account_finder.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"

namespace nocturn::cli {
namespace {

std::string roles_of(const Json& account) {
  std::string text;
  for (const Json& role : account.as_object().at("roles").as_array()) {
    const std::string institution = text_of(role, "institution");
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", text_of(role, "role"),
                        institution.empty() ? "" : "@" + institution);
  }
  return text.empty() ? "-" : text;
}

// "operator" or "customer_contact@library-1", as the API takes them.
JsonArray roles_from(const std::vector<std::string>& words) {
  JsonArray roles;
  for (const std::string& word : words) {
    const std::size_t at = word.find('@');
    JsonObject role{{"role", word.substr(0, at)}};
    if (at != std::string::npos) role["institution"] = word.substr(at + 1);
    roles.push_back(std::move(role));
  }
  return roles;
}

std::vector<std::string> cells_of(const Json& account, const std::string& name,
                                  const Shared& shared) {
  const bool disabled = account.as_object().at("disabled").as_bool();
  const bool never = account.as_object().at("last_sign_in_at").is_null();
  const bool service = text_of(account, "kind") == "service";
  return {text_of(account, "login"),
          name,
          disabled  ? "disabled"
          : service ? "service"
          : never   ? "invited"
                    : "active",
          account.as_object().at("second_factor").as_bool() ? "yes" : "no",
          never ? "-" : time_of(account, "last_sign_in_at", shared.utc),
          roles_of(account)};
}

Result<int> list_users(const Shared& shared, const std::string& search) {
  const JsonArray people = TRY(all_pages(
      shared, "/api/v1/people?limit=1000" + (search.empty() ? "" : "&q=" + escape_url(search)),
      "people"));
  const JsonArray services = search.empty()
                                 ? TRY(all_pages(shared, "/api/v1/accounts?limit=1000", "accounts"))
                                 : JsonArray();
  if (shared.json) {
    fmt::print("{}\n",
               boost::json::serialize(JsonObject{{"people", people}, {"accounts", services}}));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& person : people)
    for (const Json& account : person.as_object().at("accounts").as_array())
      cells.push_back(cells_of(account, text_of(person, "name"), shared));
  for (const Json& account : services) cells.push_back(cells_of(account, "-", shared));
  fmt::print("{}", table({"LOGIN", "NAME", "STATE", "CODE", "SIGNED IN", "ROLES"}, cells));
  return 0;
}

Result<int> show_user(const Shared& shared, const std::string& login) {
  const FoundAccount found = TRY(find_account(shared, login));
  const std::string path =
      found.person.empty() ? "/api/v1/accounts/" + found.id : "/api/v1/people/" + found.person;
  const Json answer = TRY(call_hub(shared, "GET", path, nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  if (found.person.empty()) {
    cells.push_back(cells_of(answer, "-", shared));
  } else {
    fmt::print("{}\n  id     {}\n  email  {}\n  since  {}\n\n", text_of(answer, "name"),
               text_of(answer, "id"), text_of(answer, "email"),
               time_of(answer, "created_at", shared.utc));
    for (const Json& account : answer.as_object().at("accounts").as_array())
      cells.push_back(cells_of(account, text_of(answer, "name"), shared));
  }
  fmt::print("{}", table({"LOGIN", "NAME", "STATE", "CODE", "SIGNED IN", "ROLES"}, cells));
  return 0;
}

struct NewUser {
  std::string login, name, email;
  std::vector<std::string> roles;
  bool service = false;
};

Result<int> add_one(const Shared& shared, const NewUser& user) {
  JsonObject body{{"login", user.login}, {"roles", roles_from(user.roles)}};
  if (!user.service) {
    body["name"] = user.name.empty() ? user.login : user.name;
    body["email"] = user.email;
  }
  const Json answer =
      TRY(call_hub(shared, "POST", user.service ? "/api/v1/accounts" : "/api/v1/people", body));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
  } else if (user.service) {
    fmt::print("{} is open; make its first token with nocturn token create {}\n", user.login,
               user.login);
  } else {
    fmt::print("{} is invited; this link sets the password, once, within a day:\n{}\n", user.login,
               text_of(answer, "invitation_url"));
  }
  return 0;
}

Result<int> set_roles(const Shared& shared, const std::string& login,
                      const std::vector<std::string>& roles) {
  const FoundAccount found = TRY(find_account(shared, login));
  const Json answer = TRY(call_hub(shared, "PUT", "/api/v1/accounts/" + found.id + "/roles",
                                   JsonObject{{"roles", roles_from(roles)}}));
  fmt::print("{} is now {}\n", found.login, roles_of(answer));
  return 0;
}

Result<int> invite(const Shared& shared, const std::string& login) {
  const FoundAccount found = TRY(find_account(shared, login));
  const Json answer =
      TRY(call_hub(shared, "POST", "/api/v1/accounts/" + found.id + "/invitation", nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
  } else {
    fmt::print("this link sets the password of {}, once, until {}:\n{}\n", found.login,
               time_of(answer, "expires_at", shared.utc), text_of(answer, "invitation_url"));
  }
  return 0;
}

Result<int> disable(const Shared& shared, const std::string& login, bool disabled) {
  const FoundAccount found = TRY(find_account(shared, login));
  TRY(call_hub(shared, "PUT", "/api/v1/accounts/" + found.id + "/disabled",
               JsonObject{{"disabled", disabled}}));
  fmt::print("{} {}\n", found.login,
             disabled ? "is disabled; its sessions and tokens ended" : "may sign in again");
  return 0;
}

Result<int> forget_code(const Shared& shared, const std::string& login) {
  const FoundAccount found = TRY(find_account(shared, login));
  TRY(call_hub(shared, "DELETE", "/api/v1/accounts/" + found.id + "/second-factor", nullptr));
  fmt::print("{} signs in without a code until it enrolls another second factor\n", found.login);
  return 0;
}

Result<int> remove_user(const Shared& shared, const std::string& login) {
  const FoundAccount found = TRY(find_account(shared, login));
  const bool service = found.person.empty();
  TRY(call_hub(shared, "DELETE",
               service ? "/api/v1/accounts/" + found.id : "/api/v1/people/" + found.person,
               nullptr));
  fmt::print("{} is removed{}; sessions and tokens ended, the history stays\n", found.login,
             service ? "" : " with all accounts of that person");
  return 0;
}

}  // namespace

void add_user(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* noun = app.add_subcommand("user", "people, their accounts, and accounts of programs");
  noun->require_subcommand(1);
  auto user = std::make_shared<NewUser>();
  // A verb on one login.
  const auto on_login = [&](const char* verb, const char* sentence,
                            Result<int> (*act)(const Shared&, const std::string&)) {
    CLI::App* command = noun->add_subcommand(verb, sentence);
    command->add_option("login", user->login)->required();
    command->callback([&run, &shared, user, act] {
      run = [&shared, user, act] { return act(shared, user->login); };
    });
  };
  CLI::App* list = noun->add_subcommand("list", "everybody, or who has that in name or login");
  list->add_option("text", user->name, "part of a name, e-mail address or login");
  list->callback(
      [&run, &shared, user] { run = [&shared, user] { return list_users(shared, user->name); }; });
  on_login("show", "one person with all accounts", show_user);
  CLI::App* add = noun->add_subcommand("add", "add a person, or a program with --service");
  add->add_option("login", user->login)->required();
  add->add_option("--name", user->name, "the person's full name");
  add->add_option("--email", user->email, "the person's e-mail address");
  add->add_option("--role", user->roles, "operator, or customer_contact@INSTITUTION; repeat it");
  add->add_flag("--service", user->service, "an account for a program: tokens, no password");
  add->callback(
      [&run, &shared, user] { run = [&shared, user] { return add_one(shared, *user); }; });
  CLI::App* roles = noun->add_subcommand("roles", "set all roles of an account");
  roles->add_option("login", user->login)->required();
  roles->add_option("role", user->roles, "its roles from now on");
  roles->callback([&run, &shared, user] {
    run = [&shared, user] { return set_roles(shared, user->login, user->roles); };
  });
  on_login("invite", "make a link that sets another password", invite);
  on_login("disable", "let an account rest: nobody signs in with it",
           [](const Shared& hub, const std::string& login) { return disable(hub, login, true); });
  on_login("enable", "wake an account",
           [](const Shared& hub, const std::string& login) { return disable(hub, login, false); });
  on_login("forget-code", "remove the second factor of somebody who lost it", forget_code);
  on_login("remove", "remove a person with all accounts, or a program's account", remove_user);
  noun->footer(
      "examples:\n  nocturn user add ada --name \"Ada Lovelace\" --role operator --role approver\n"
      "  nocturn user roles ada change_manager\n  nocturn user invite ada\n"
      "  nocturn user remove ada");
}

}  // namespace nocturn::cli
