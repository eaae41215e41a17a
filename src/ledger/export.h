#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/store.h"

// Takes a ledger out of Nocturn, with payloads and salts, so that it can be kept and checked
// elsewhere. Whoever gets an export may read every payload in it that was not erased.
namespace nocturn::ledger {

// One JSON object a line: first {"checkpoint", "vkey"}, then per entry {"index", "leaf", "payload",
// "salt"} (numbers as text, salt in base64; without payload and salt where they were erased).
// Covers the entries of the checkpoint in `tiles`. The file is there whole, or not at all.
Status export_lines(store::Database& database, const std::filesystem::path& tiles,
                    const std::filesystem::path& file);

// The public files of that checkpoint as they are served, and entries.jsonl as export_lines()
// writes it, in a folder that must not exist.
Status export_folder(store::Database& database, const std::filesystem::path& tiles,
                     const std::filesystem::path& folder);

}  // namespace nocturn::ledger
