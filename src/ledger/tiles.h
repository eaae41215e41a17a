#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/merkle.h"

// The C2SP tlog-tiles layout: which file holds which hashes, and how entries are bundled. Pure.
// A tile of level L holds hashes of perfect subtrees of 256^L entries; tiles of the entries
// themselves are called bundles.
namespace nocturn::ledger {

inline constexpr int kTileHeight = 8;
inline constexpr std::uint32_t kTileWidth = 256;
inline constexpr int kBundles = -1;      // in place of a level: entries, not hashes
inline constexpr int kMaxTileLevel = 7;  // 256^8 entries are all that 64 bits can count
inline constexpr std::size_t kMaxLeaf = 65535;

struct TileName {
  int level = 0;  // or kBundles
  std::uint64_t index = 0;
  std::uint32_t width = kTileWidth;  // 1 to 256; less than 256: a partial tile
  auto operator<=>(const TileName&) const = default;
};

// For example "tile/0/x001/x234/067" or "tile/entries/000.p/17".
std::string path_of(const TileName& name);
// Accepts nothing but what path_of() gives.
Result<TileName> parse_tile_path(std::string_view path);
// The tiles and bundles that are not full in a tree of this size: at most one a level.
std::vector<TileName> partial_tiles(std::uint64_t size);
// How many tiles, full or not, a level has in a tree of this size.
std::uint64_t tiles_in_level(int level, std::uint64_t size);

std::string_view tile_bytes(std::span<const Hash> hashes);
// Refuses bytes that are not exactly `width` hashes.
Result<std::vector<Hash>> parse_tile(std::string_view bytes, std::uint32_t width);

// Each entry behind its length in two bytes, big-endian. leaf.size() <= kMaxLeaf.
void append_to_bundle(std::string& bundle, std::string_view leaf);
// Views into `bytes`. Refuses anything but exactly `width` entries.
Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, std::uint32_t width);

// Grows a tree leaf by leaf and keeps only its right edge: the hashes of each level's tile that
// is not yet full.
class Frontier {
 public:
  // Told each tile as it becomes full, lower levels first.
  using OnFull = std::function<Status(const TileName&, std::span<const Hash>)>;

  Status append(const Hash& leaf, const OnFull& on_full);
  std::uint64_t size() const { return size_; }
  Hash root() const;
  // The hashes of the level's unfinished tile; empty when it has none.
  std::span<const Hash> unfinished(int level) const;
  // The edge of a tree of `size` leaves; `levels[l]` as unfinished(l) gave it.
  static Frontier at(std::uint64_t size, std::vector<std::vector<Hash>> levels);

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Hash>> levels_;
};

}  // namespace nocturn::ledger
