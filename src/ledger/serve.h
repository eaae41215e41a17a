#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

// Answers requests for the public files of the ledger, for whoever routes them.
namespace nocturn::ledger {

struct Served {
  std::string body;
  std::string_view content_type;
  std::string_view cache_control;
};

// `path` is what stands behind "/ledger/": "checkpoint", "vkey", "tile/0/000",
// "tile/entries/000.p/7". Nothing else is looked up in `folder`: every other path is `not_found`. A
// partial tile that has been superseded is cut from its successor. Thread-safe; reads files, so not
// for an event loop.
Result<Served> serve(const std::filesystem::path& folder, std::string_view path);

}  // namespace nocturn::ledger
