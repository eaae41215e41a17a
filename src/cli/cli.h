#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

// The nocturn command: nouns and verbs, one file per noun. Everything that needs the whole program
// (the hub itself, the sample cloud) is handed in by app/ as a function, so that the arrows go
// down.
namespace nocturn::cli {

struct ServeRequest {
  std::filesystem::path config = "/etc/nocturn";
  std::filesystem::path data = "/var/lib/nocturn/data";
  std::string listen = "127.0.0.1:8080";
  std::string store;             // empty: SQLite in the data folder
  std::string certificate, key;  // PEM files; empty: plain HTTP
  bool json_log = false;
  bool debug = false;
  bool check_answers = false;  // for tests
};

struct DemoRequest {
  std::string verb;      // run, up, down, outage, slow, freeze, break, restore
  std::string instance;  // empty for run, up and down
  std::filesystem::path dir = ".nocturn";
  std::string listen = "127.0.0.1:8080";
  int base_port = 0;  // 0: the one the folder remembers, or 21000
};

// Each answers the program's exit status.
struct Programs {
  std::function<int(const ServeRequest&)> serve;
  std::function<int(const DemoRequest&)> demo;
  // Reads a variable of the environment.
  std::function<std::optional<std::string>(const std::string&)> variable;
  // Compares the tables of a stopped hub's database with what its ledger says.
  std::function<int(const std::string& place)> replay;
  // The API's description (OpenAPI 3.1) as text.
  std::function<std::string()> api_description;
};

// Parses the arguments, does what they say, and answers the exit status: 0 done, 1 the answer is
// no, 2 usage or input wrong, 3 the hub cannot be reached, 4 not allowed.
int run(int argc, const char* const* argv, const Programs& programs);

}  // namespace nocturn::cli
