#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Checks a ledger with nothing but its files: reads every entry, builds the whole tree anew, and
// compares every tile of every level and the signed root with it. It never trusts a tile to
// authenticate another.
namespace nocturn::ledger {

// Gives the bytes of one file of the ledger ("checkpoint", "tile/0/000"); `not_found` when there
// is none.
using Fetch = std::function<Result<std::string>(std::string_view path)>;
Fetch files_in(std::filesystem::path folder);

struct Fault {
  std::string where;  // a file, or an entry
  std::string what;
};

struct Report {
  std::string origin;
  std::uint64_t size = 0;     // of the signed checkpoint
  std::string root;           // of the signed checkpoint, base64
  std::uint64_t entries = 0;  // read and hashed
  std::uint64_t tiles = 0;    // compared
  std::vector<Fault> faults;  // at most 100
  bool sound() const { return faults.empty(); }
};

// Told now and then how many entries of how many are done.
using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

struct Expectation {
  std::string verifier_key;     // signed-note vkey
  std::string kept_checkpoint;  // a checkpoint somebody kept: must be the beginning; may be empty
};

// Answers an error only for an expectation that makes no sense; whatever is wrong with the ledger
// is a fault in the report.
Result<Report> verify(const Fetch& fetch, const Expectation& expected,
                      const Progress& progress = {});

// The same for a file of lines as export_lines() writes it; also checks that every payload that
// is given is the one its entry committed to. `not_found` when the file cannot be read.
Result<Report> verify_lines(const std::filesystem::path& file, const Expectation& expected,
                            const Progress& progress = {});

// c2sp.org/tlog-proof@v1 of an entry, out of the files of a ledger; proved before it is answered.
Result<std::string> prove(const Fetch& fetch, std::string_view verifier_key, std::uint64_t index);
// The proof holds, for this leaf, under this key.
Status verify_proof_text(std::string_view proof, std::string_view leaf,
                         std::string_view verifier_key);

}  // namespace nocturn::ledger
