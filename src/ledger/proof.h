#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/tiles.h"

// Proofs that stand alone: c2sp.org/tlog-proof@v1 for one entry, and the hashes of a consistency
// proof. Made from tiles, checked with nothing but a verifier key.
namespace nocturn::ledger {

struct Proof {
  std::uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;  // the signed note
};
std::string to_text(const Proof& proof);
Result<Proof> parse_proof(std::string_view text);

// `leaf` is the entry that the proof speaks of, and stands in the tree whose checkpoint the key
// has signed. Answers the checkpoint's tree head.
Result<TreeHead> verify_proof(const Proof& proof, std::string_view leaf, const VerifierKey& key);

// Gives the bytes of a tile, full or partial.
using TileBytes = std::function<Result<std::string>(const TileName&)>;
// Nodes of a tree of `size` leaves out of its tiles. What it reads is not authenticated: whoever
// uses it checks the result against a signed root. Remembers the tile it read last.
Nodes nodes_of(TileBytes tiles, std::uint64_t size);

}  // namespace nocturn::ledger
