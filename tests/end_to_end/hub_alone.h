#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/temporary_folder.h"

// A hub as a process of its own, with four instances and no server to watch: for what happens to
// the hub itself.
namespace nocturn::testing {

class HubAlone {
 public:
  struct Options {
    std::string disk = {};  // size of a small disk to mount for the data ("24m"); empty: none
    std::vector<std::pair<std::string, std::string>> environment = {};  // of the hub
    std::string store = {};          // postgresql:// URL; empty: SQLite in the data folder
    std::string configuration = {};  // more sections of the configuration
    std::string listen = "127.0.0.1:0";
    std::vector<std::string> arguments = {};  // more of them
    std::filesystem::path on = {};  // where to keep the data; empty: in a folder of its own
  };
  explicit HubAlone(Options options);
  HubAlone() : HubAlone(Options{}) {}
  ~HubAlone();

  bool start();  // and waits until it is ready
  void stop();
  void kill();
  void hang_up();  // SIGHUP
  void freeze();   // it does nothing more, until it is killed

  // Declares a state over the Unix socket; the entry's number when that was acknowledged.
  std::optional<std::int64_t> declare(const std::string& instance, const std::string& because);
  // Those of the numbers that the running hub's ledger does not hold as declarations.
  std::set<std::int64_t> missing(const std::set<std::int64_t>& numbers);
  std::string get(const std::string& path);
  Outcome nocturn(std::vector<std::string> arguments);

  // Copies the checkpoint aside; the copy's name.
  std::string keep_checkpoint();
  bool has_disk() const { return mounted_; }
  void fill_disk();
  void free_disk();

  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path data() const { return disk() / "data"; }
  std::string ledger() const { return (data() / "ledger").string(); }
  std::string database() const {
    return options_.store.empty() ? (data() / "nocturn.db").string() : options_.store;
  }
  std::string url() const { return url_; }
  std::string log() const { return hub_ ? hub_->errors() + hub_->output() : ""; }

 private:
  std::filesystem::path disk() const {
    return options_.on.empty() ? folder_.path() / "disk" : options_.on;
  }

  TemporaryFolder folder_;
  const Options options_;
  bool mounted_ = false;
  std::string url_;
  std::unique_ptr<ChildProcess> hub_;
};

}  // namespace nocturn::testing
