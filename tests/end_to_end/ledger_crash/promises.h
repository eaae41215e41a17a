#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "ledger/ledger.h"

// Everything that was ever promised about one ledger: the entries that were acknowledged, and the
// checkpoints that somebody may have seen. No size ever has two roots.
namespace nocturn::testing {

class Promises {
 public:
  // Takes down what the writer said; a last line without an end is passed over.
  void said(std::string_view lines);
  // Takes down the checkpoint in a file, if there is one yet; it must not be torn.
  void seen(const std::filesystem::path& checkpoint);

  // Opens the ledger as after a crash and holds it to every promise: entries, checkpoints, files,
  // tables. Then it must go on recording and publishing. `scratch` is an empty folder.
  void hold(const std::filesystem::path& folder, const std::filesystem::path& scratch);

  std::size_t entries() const { return entries_.size(); }
  std::size_t checkpoints() const { return roots_.size(); }

 private:
  void promise_root(std::uint64_t size, const std::string& root);
  void expect_entries(const ledger::Ledger& log);
  void expect_checkpoints(const ledger::Ledger& log);

  std::map<std::uint64_t, std::string> entries_;  // acknowledged: id by index
  std::map<std::uint64_t, std::string> roots_;    // seen: root by size, in hex
  std::string last_note_;                         // the longest that was seen
};

}  // namespace nocturn::testing
