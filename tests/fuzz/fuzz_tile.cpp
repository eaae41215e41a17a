// What a ledger serves: paths of tiles, tiles, bundles and the entries in them, from anybody.

#include "base/result.h"
#include "ledger/envelope.h"
#include "ledger/tiles.h"

using namespace nocturn;

// The first byte chooses how wide the tile or bundle is said to be.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::uint32_t width = data[0] + 1U;
  if (const auto name = ledger::parse_tile_path(input)) CHECK(ledger::path_of(*name) == input);
  if (const auto hashes = ledger::parse_tile(input, width))
    CHECK(ledger::tile_bytes(*hashes) == input);
  if (const auto leaves = ledger::parse_bundle(input, width)) {
    std::string again;
    for (const std::string_view leaf : *leaves) {
      ledger::append_to_bundle(again, leaf);
      if (const auto envelope = ledger::parse_leaf(leaf)) CHECK(ledger::to_leaf(*envelope) == leaf);
    }
    CHECK(again == input);
  }
  if (const auto envelope = ledger::parse_leaf(input)) CHECK(ledger::to_leaf(*envelope) == input);
  return 0;
}
