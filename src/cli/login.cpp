#include <CLI/CLI.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "cli/credentials.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"
#include "net/loop.h"

// Signing in from a terminal: by a short code that a person types at a browser where they are
// signed in (RFC 8628), or with a token from a file. The token itself is never printed, and never
// an argument, where every user of the machine could read it.
namespace nocturn::cli {
namespace {

constexpr std::size_t kLongestToken = 512;
constexpr Micros kSlowDown = std::chrono::seconds(5);  // RFC 8628, section 3.5
constexpr int kLongestPause = 60;

// Does nothing for so long.
void pause(const Clock& clock, Micros time) {
  net::Loop loop(clock);
  loop.after(time, [&loop] { loop.stop(); });
  loop.run();
}

// What a hub says, for a terminal.
std::string harmless(std::string text) {
  for (char& letter : text)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
  return text;
}

std::string client_name() {
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0 || *host == '\0') return "nocturn";
  return harmless(fmt::format("nocturn on {}", host)).substr(0, 100);
}

Result<std::string> token_from(const std::filesystem::path& file) {
  std::string line;
  if (file == "-") {
    std::getline(std::cin, line);
  } else {
    std::ifstream in(file);
    if (!in) return fail(ErrorCode::invalid, "{}: cannot be read", file.string());
    std::getline(in, line);
  }
  const std::string token(trim(line));
  if (token.empty() || token.size() > kLongestToken ||
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
          std::string::npos)
    return fail(ErrorCode::invalid, "{}: the first line is no token of a hub", file.string());
  return token;
}

// Asks until somebody approved; the hub ends a sign-in that nobody did.
Result<Credential> wait_for_approval(const std::string& hub, Credential credential,
                                     const std::string& device_code, Micros interval) {
  const SystemClock clock;
  while (true) {
    pause(clock, interval);
    const auto answer = call_hub_at(hub, credential, "POST", "/api/v1/devices/token",
                                    JsonObject{{"device_code", device_code}});
    if (answer) {
      credential.token = text_of(*answer, "token");
      credential.login = text_of(*answer, "login");
      return credential;
    }
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::limited) interval += kSlowDown;
    const bool later = code == ErrorCode::conflict || code == ErrorCode::limited ||
                       code == ErrorCode::unavailable || code == ErrorCode::timeout;
    if (!later) return std::unexpected(answer.error());
  }
}

Result<Credential> sign_in_by_device(const std::string& hub, const Credential& bare) {
  const Json begun =
      TRY(call_hub_at(hub, bare, "POST", "/api/v1/devices", JsonObject{{"client", client_name()}}));
  const Json* interval = begun.as_object().if_contains("interval_seconds");
  const std::int64_t seconds =
      interval != nullptr && interval->is_int64() ? interval->get_int64() : 5;
  fmt::print(
      "open   {}\nenter  {}\n\nwaiting until you do, at a browser where you are signed in …\n",
      harmless(text_of(begun, "verification_url")), harmless(text_of(begun, "user_code")));
  std::fflush(stdout);
  return wait_for_approval(
      hub, bare, text_of(begun, "device_code"),
      std::chrono::seconds(std::clamp<std::int64_t>(seconds, 1, kLongestPause)));
}

// The hub that is meant when none is named: the one of the last login.
Result<std::string> named_hub(const Shared& shared, const Credentials& credentials) {
  if (!shared.hub.empty()) return spell_hub(shared.hub);
  if (!credentials.last.empty()) return credentials.last;
  return fail(ErrorCode::invalid, "which hub? name it with --hub URL");
}

Result<int> login(const Shared& shared, const std::filesystem::path& token_file) {
  const std::filesystem::path file = TRY(credentials_file(shared.variable));
  Credentials credentials = TRY(read_credentials(file));
  const std::string hub = TRY(named_hub(shared, credentials));
  Credential credential;
  if (!shared.ca_file.empty())
    credential.ca_file = std::filesystem::absolute(shared.ca_file).lexically_normal();
  else if (const auto known = credentials.hubs.find(hub); known != credentials.hubs.end())
    credential.ca_file = known->second.ca_file;
  if (token_file.empty()) {
    credential = TRY(sign_in_by_device(hub, credential));
  } else {
    credential.token = TRY(token_from(token_file));
    credential.by_login = false;
    const Json session = TRY(call_hub_at(hub, credential, "GET", "/api/v1/session", nullptr));
    credential.login = text_of(session.as_object().at("account"), "login");
  }
  // Read again: it may be minutes since, and another terminal may have signed in elsewhere.
  credentials = TRY(read_credentials(file));
  fmt::print("signed in to {} as {}\n", hub, harmless(credential.login));
  credentials.hubs[hub] = std::move(credential);
  credentials.last = hub;
  TRY_STATUS(write_credentials(file, credentials));
  return 0;
}

Result<int> logout(const Shared& shared) {
  const std::filesystem::path file = TRY(credentials_file(shared.variable));
  Credentials credentials = TRY(read_credentials(file));
  const std::string hub = TRY(named_hub(shared, credentials));
  const auto kept = credentials.hubs.find(hub);
  if (kept == credentials.hubs.end()) return fail(ErrorCode::not_found, "{}: not signed in", hub);
  const Credential credential = kept->second;
  credentials.hubs.erase(kept);
  if (credentials.last == hub)
    credentials.last = credentials.hubs.empty() ? "" : credentials.hubs.begin()->first;
  TRY_STATUS(write_credentials(file, credentials));
  // A token that was handed to us may be in use elsewhere; ours is not.
  if (!credential.by_login) {
    fmt::print("forgotten here; the token itself goes on until it is revoked\n");
    return 0;
  }
  const auto ended = call_hub_at(hub, credential, "DELETE", "/api/v1/session", nullptr);
  if (ended || ended.error().code == ErrorCode::unauthenticated) {
    fmt::print("signed out of {}\n", hub);
    return 0;
  }
  Error error = ended.error();
  error.message = "forgotten here, but not revoked at the hub: " + error.message;
  return std::unexpected(std::move(error));
}

Result<int> whoami(const Shared& shared) {
  const Json session = TRY(call_hub(shared, "GET", "/api/v1/session", nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(session));
    return 0;
  }
  const JsonObject& object = session.as_object();
  std::vector<std::string> roles;
  for (const Json& role : object.at("roles").as_array()) {
    const std::string institution = text_of(role, "institution");
    roles.push_back(text_of(role, "role") +
                    (institution.empty() ? "" : fmt::format(" ({})", institution)));
  }
  const std::string name =
      object.at("person").is_null() ? "" : text_of(object.at("person"), "name");
  fmt::print("{}\n",
             table({"LOGIN", "NAME", "SIGNED IN BY", "ROLES"},
                   {{text_of(object.at("account"), "login"), name, text_of(session, "method"),
                     fmt::format("{}", fmt::join(roles, ", "))}}));
  return 0;
}

}  // namespace

void add_login(CLI::App& app, Run& run, Shared& shared) {
  auto token_file = std::make_shared<std::filesystem::path>();
  CLI::App* login_verb =
      app.add_subcommand("login", "sign in to a hub, so that commands reach it by HTTPS");
  login_verb
      ->add_option("--token-file", *token_file,
                   "a file whose first line is a token, or - for standard input; else a short code "
                   "is shown, to be entered at a browser")
      ->type_name("FILE");
  login_verb->callback([&run, &shared, token_file] {
    run = [&shared, token_file] { return login(shared, *token_file); };
  });
  login_verb->footer(
      "examples:\n  nocturn login --hub https://hub.example.org\n"
      "  nocturn login --hub https://hub.example.org --ca-file ca.pem --token-file token");
  app.add_subcommand("logout", "forget the hub's token and revoke it")->callback([&run, &shared] {
    run = [&shared] { return logout(shared); };
  });
  app.add_subcommand("whoami", "who the hub takes you for, and what you may")
      ->callback([&run, &shared] { run = [&shared] { return whoami(shared); }; });
}

}  // namespace nocturn::cli
