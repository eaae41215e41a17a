#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/cli.h"
#include "cli/credentials.h"

namespace CLI {
class App;
}

// What the nouns of the command line share: how they join the parser and how they reach the hub.
namespace nocturn::cli {

// Flags that every noun takes.
struct Shared {
  std::filesystem::path
      data;         // the hub's data folder, where its Unix socket is; empty: look for it
  std::string hub;  // its URL; empty: a socket here, else the hub of the last login
  std::filesystem::path ca_file;  // PEM of the hub's authority; empty: as at login
  Variable variable;              // reads the environment
  bool json = false;              // print the API's JSON instead of a table
  bool utc = false;               // times in UTC instead of the machine's zone
};

// The verb that was asked for, run after parsing.
using Run = std::function<Result<int>()>;

// Each adds its noun to the parser and stores what to do in `run` when it is chosen.
void add_serve(CLI::App& app, Run& run, const Programs& programs);
void add_demo(CLI::App& app, Run& run, const Programs& programs);
void add_config(CLI::App& app, Run& run, Shared& shared);
void add_status(CLI::App& app, Run& run, Shared& shared);
void add_check(CLI::App& app, Run& run, Shared& shared);
void add_ledger(CLI::App& app, Run& run, Shared& shared, const Programs& programs);
void add_login(CLI::App& app, Run& run, Shared& shared);
void add_user(CLI::App& app, Run& run, Shared& shared);
void add_token(CLI::App& app, Run& run, Shared& shared);
void add_session(CLI::App& app, Run& run, Shared& shared);
void add_customer(CLI::App& app, Run& run, Shared& shared);
void add_notification(CLI::App& app, Run& run, Shared& shared);
void add_api(CLI::App& app, Run& run, const Programs& programs);

// All of them, and what every noun takes.
void add_all(CLI::App& app, Run& run, Shared& shared, const Programs& programs);

// One call of the hub's API: by the Unix socket in the data folder, if there is one and no hub was
// named, else by HTTPS with the token of the last login. `body` null: none. `unavailable` when no
// hub is found or answers, `unauthenticated` without a token; the API's own errors come back as
// they are.
Result<Json> call_hub(const Shared& shared, std::string_view method, std::string_view path,
                      const Json& body);
// The same to the hub with that URL, with that token (none when it is empty).
Result<Json> call_hub_at(const std::string& hub, const Credential& credential,
                         std::string_view method, std::string_view path, const Json& body);
// What was named and is not there was named wrong: `invalid` in place of `not_found`, so that exit
// status 1 stays the answer "no"; `mend` tells where the right names are.
Result<Json> named_right(Result<Json> answer, std::string_view mend);
// The rows of all pages of a listing, which stand under `plural`; `path` has a query already.
Result<JsonArray> all_pages(const Shared& shared, const std::string& path, const char* plural);
// The body of a GET, at most 64 MiB; `not_found` for 404, `unavailable` when nothing answers.
Result<std::string> download(const std::string& url);

}  // namespace nocturn::cli
