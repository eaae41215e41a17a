#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

// The hub: everything that `nocturn serve` runs, put together by hand in one place. Starting it
// opens the store, the ledger, the monitor and the pages in that order; destroying it stops them
// in the opposite one.
namespace nocturn::app {

struct HubOptions {
  std::filesystem::path config;         // folder of YAML files
  std::filesystem::path data;           // folder for all that is kept; made if absent
  std::filesystem::path ledger_memory;  // outside `data`; empty: "<data>.ledger-memory"
  std::string listen = "127.0.0.1:8080";
  std::string store;  // postgresql:// URL; empty: SQLite in `data`
  std::string certificate, key;
  // Links in letters lead to where the hub listens, whatever the configuration's url: the sample
  // cloud, whose url is nowhere.
  bool links_to_itself = false;
  bool check_answers = false;  // hold every answer of the API against its description; for tests
};

class Hub {
 public:
  // With a wrong configuration it starts on the last one that was right, and says so; `invalid`
  // when there never was one.
  static Result<std::unique_ptr<Hub>> start(HubOptions options, const Clock& clock, Random& random);
  virtual ~Hub() = default;

  virtual std::string url() const = 0;  // "http://127.0.0.1:8080", with the real port
  // Where the first administrator sets a password; nothing when there is one already.
  virtual std::optional<std::string> first_administrator_url() const = 0;
  // Reads the configuration again (SIGHUP). What is wrong is logged; the old one goes on.
  virtual void reload() = 0;
};

}  // namespace nocturn::app
