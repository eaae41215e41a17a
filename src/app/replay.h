#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

// Proves that what Nocturn shows follows from the ledger: makes every table anew from the ledger's
// payloads, in a temporary database, and compares them row by row with the stored ones.
namespace nocturn::app {

struct ReplayReport {
  std::uint64_t tables = 0, rows = 0;
  std::vector<std::string> differences;  // "monitoring_verdicts: …", at most 100
};

// `place` is the database of a hub that does not run (a file or a postgresql:// URL).
Result<ReplayReport> replay(const std::string& place);

}  // namespace nocturn::app
