#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "cli/account_finder.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"

// Tokens and sessions: the keys that accounts have out there.
namespace nocturn::cli {
namespace {

constexpr int kUsualDays = 90;

// Of that login, or without one of who asks.
Result<std::string> place_of(const Shared& shared, const std::string& login) {
  if (login.empty()) return std::string("/api/v1/me");
  return "/api/v1/accounts/" + TRY(find_account(shared, login)).id;
}

std::string scopes_of(const Json& token) {
  std::string text;
  for (const Json& scope : token.as_object().at("scopes").as_array())
    text += (text.empty() ? "" : " ") + std::string(scope.as_string());
  return text;
}

Result<int> list_tokens(const Shared& shared, const std::string& login) {
  const Json answer =
      TRY(call_hub(shared, "GET", TRY(place_of(shared, login)) + "/tokens", nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& token : answer.as_object().at("tokens").as_array())
    cells.push_back({text_of(token, "id"), text_of(token, "name"),
                     time_of(token, "expires_at", shared.utc),
                     time_of(token, "last_used_at", shared.utc), scopes_of(token)});
  fmt::print("{}", table({"TOKEN", "NAME", "EXPIRES", "USED", "SCOPES"}, cells));
  return 0;
}

struct NewToken {
  std::string login, name, id;
  std::vector<std::string> scopes;
  int days = kUsualDays;
};

Result<int> create_token(const Shared& shared, const NewToken& token) {
  JsonArray scopes;
  for (const std::string& scope : token.scopes) scopes.emplace_back(scope);
  const Json answer = TRY(call_hub(
      shared, "POST", TRY(place_of(shared, token.login)) + "/tokens",
      JsonObject{
          {"name", token.name}, {"scopes", std::move(scopes)}, {"expires_in_days", token.days}}));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
  } else {
    fmt::print("{}\n", text_of(answer, "token"));
    fmt::print(stderr, "keep it: it is not shown again\n");
  }
  return 0;
}

Result<int> list_sessions(const Shared& shared, const std::string& login) {
  const Json answer =
      TRY(call_hub(shared, "GET", TRY(place_of(shared, login)) + "/sessions", nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& session : answer.as_object().at("sessions").as_array())
    cells.push_back({text_of(session, "id"), text_of(session, "address"),
                     time_of(session, "created_at", shared.utc),
                     time_of(session, "last_seen_at", shared.utc), text_of(session, "method"),
                     text_of(session, "agent")});
  fmt::print("{}", table({"SESSION", "ADDRESS", "BEGAN", "SEEN", "BY", "AGENT"}, cells));
  return 0;
}

Result<int> end_one(const Shared& shared, const std::string& login, const char* kind,
                    const std::string& id, const char* done) {
  TRY(call_hub(shared, "DELETE", fmt::format("{}/{}/{}", TRY(place_of(shared, login)), kind, id),
               nullptr));
  fmt::print("{} {}\n", id, done);
  return 0;
}

}  // namespace

void add_token(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* noun = app.add_subcommand("token", "keys of programs");
  noun->require_subcommand(1);
  auto token = std::make_shared<NewToken>();
  CLI::App* list = noun->add_subcommand("list", "the tokens of an account, without secrets");
  list->add_option("login", token->login, "whose; without it your own");
  list->callback([&run, &shared, token] {
    run = [&shared, token] { return list_tokens(shared, token->login); };
  });
  CLI::App* create = noun->add_subcommand("create", "make a token for a program's account");
  create->add_option("login", token->login, "a login made with nocturn user add --service")
      ->required();
  create->add_option("--name", token->name, "what it is for")->required();
  create->add_option("--scope", token->scopes, "a right, such as read_status; repeat it")
      ->required();
  create->add_option("--days", token->days, "until it ends, 1 to 365")->capture_default_str();
  create->callback(
      [&run, &shared, token] { run = [&shared, token] { return create_token(shared, *token); }; });
  CLI::App* revoke = noun->add_subcommand("revoke", "end a token at once");
  revoke->add_option("login", token->login)->required();
  revoke->add_option("token", token->id, "its id, as nocturn token list prints it")->required();
  revoke->callback([&run, &shared, token] {
    run = [&shared, token] {
      return end_one(shared, token->login, "tokens", token->id, "is revoked");
    };
  });
  noun->footer(
      "examples:\n  nocturn user add reporter --service --role viewer\n"
      "  nocturn token create reporter --name \"nightly report\" --scope read_status\n"
      "  nocturn token list reporter");
}

void add_session(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* noun = app.add_subcommand("session", "who is signed in where");
  noun->require_subcommand(1);
  auto session = std::make_shared<NewToken>();
  CLI::App* list = noun->add_subcommand("list", "the sessions of an account");
  list->add_option("login", session->login, "whose; without it your own");
  list->callback([&run, &shared, session] {
    run = [&shared, session] { return list_sessions(shared, session->login); };
  });
  CLI::App* end = noun->add_subcommand("end", "end a session at once");
  end->add_option("login", session->login)->required();
  end->add_option("session", session->id, "its id, as nocturn session list prints it")->required();
  end->callback([&run, &shared, session] {
    run = [&shared, session] {
      return end_one(shared, session->login, "sessions", session->id, "ended");
    };
  });
  noun->footer("examples:\n  nocturn session list ada\n  nocturn session end ada 0190…");
}

}  // namespace nocturn::cli
