#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/tiles.h"
#include "store/store.h"

// Finds out at start whether the entries, the tiles and what was signed belong together. The
// entries are the truth; tiles are made from them anew where they are missing or wrong; and when
// the entries contradict something that we have signed, nothing is written at all.
namespace nocturn::ledger {

// A tree that grows: its right edge, and the bundle that is not yet full.
struct Grown {
  Frontier frontier;
  std::string bundle;

  // Takes the entries of the database until there are `size`; what became full is added to the
  // files. Never writes a file while it reads: the database's log could not be started over.
  Status grow_to(std::uint64_t size, store::Database& database, TileFiles& files);

 private:
  Status append(std::string_view leaf, TileFiles& files);
};

struct Recovered {
  Grown grown;
  Checkpoint newest;             // as it lies in the folder; without note when there is none
  std::optional<Error> refusal;  // why this ledger must not sign or take entries
};

// Reads the checkpoint of the folder and the memory; answers the tree of the last checkpoint (or
// of nothing), ready to grow, with all its tiles on disk.
Result<Recovered> recover(store::Database& database, TileFiles& files,
                          const std::filesystem::path& memory, const VerifierKey& key);

}  // namespace nocturn::ledger
