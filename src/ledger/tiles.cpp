#include "ledger/tiles.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace nocturn::ledger {
namespace {

// The number of tile entries of the level, full tiles and the unfinished one together.
std::uint64_t hashes_in_level(int level, std::uint64_t size) {
  const int shift = kTileHeight * std::max(level, 0);
  return shift >= 64 ? 0 : size >> shift;
}

Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || end != text.data() + text.size() || leading_zero || value > most)
    return fail(ErrorCode::invalid, "\"{}\" is not a number up to {}", text, most);
  return value;
}

// "x001/x234/067" back to 1234067.
Result<std::uint64_t> parse_tile_index(std::string_view text) {
  std::uint64_t index = 0;
  const auto groups = split(text, '/');
  if (groups.size() > 6) return fail(ErrorCode::invalid, "tile number too long");
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string_view group = groups[i];
    const bool last = i + 1 == groups.size();
    if (!last) {
      if (!group.starts_with('x')) return fail(ErrorCode::invalid, "malformed tile number");
      group.remove_prefix(1);
    }
    const bool digits = group.size() == 3 && group.find_first_not_of("0123456789") == group.npos;
    if (!digits) return fail(ErrorCode::invalid, "malformed tile number");
    index = index * 1000 + std::stoul(std::string(group));
    if (i == 0 && !last && index == 0)
      return fail(ErrorCode::invalid, "tile number with leading zeroes");
  }
  return index;
}

}  // namespace

std::string path_of(const TileName& name) {
  std::string path = name.level == kBundles ? "tile/entries/" : fmt::format("tile/{}/", name.level);
  std::vector<std::uint64_t> groups{name.index % 1000};
  for (std::uint64_t rest = name.index / 1000; rest > 0; rest /= 1000)
    groups.push_back(rest % 1000);
  for (std::size_t i = groups.size(); i-- > 1;) path += fmt::format("x{:03}/", groups[i]);
  path += fmt::format("{:03}", groups.front());
  if (name.width != kTileWidth) path += fmt::format(".p/{}", name.width);
  return path;
}

Result<TileName> parse_tile_path(std::string_view path) {
  TileName name;
  if (!path.starts_with("tile/")) return fail(ErrorCode::invalid, "not a tile");
  path.remove_prefix(5);
  const std::size_t slash = path.find('/');
  if (slash == path.npos) return fail(ErrorCode::invalid, "tile without a number");
  const std::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  name.level =
      level == "entries" ? kBundles : static_cast<int>(TRY(parse_decimal(level, kMaxTileLevel)));
  if (const std::size_t partial = path.find(".p/"); partial != path.npos) {
    name.width = static_cast<std::uint32_t>(TRY(parse_decimal(path.substr(partial + 3), 255)));
    if (name.width == 0) return fail(ErrorCode::invalid, "a tile of width 0");
    path = path.substr(0, partial);
  }
  name.index = TRY(parse_tile_index(path));
  return name;
}

std::vector<TileName> partial_tiles(std::uint64_t size) {
  std::vector<TileName> names;
  for (int level = kBundles; level <= kMaxTileLevel; ++level) {
    const std::uint64_t hashes = hashes_in_level(level, size);
    if (const auto width = static_cast<std::uint32_t>(hashes % kTileWidth); width != 0)
      names.push_back({level, hashes / kTileWidth, width});
  }
  return names;
}

std::uint64_t tiles_in_level(int level, std::uint64_t size) {
  const std::uint64_t hashes = hashes_in_level(level, size);
  return hashes / kTileWidth + (hashes % kTileWidth != 0 ? 1 : 0);
}

std::string_view tile_bytes(std::span<const Hash> hashes) {
  return {reinterpret_cast<const char*>(hashes.data()), hashes.size_bytes()};
}

Result<std::vector<Hash>> parse_tile(std::string_view bytes, std::uint32_t width) {
  if (bytes.size() != width * sizeof(Hash))
    return fail(ErrorCode::corrupt, "tile of {} bytes where {} hashes belong", bytes.size(), width);
  std::vector<Hash> hashes(width);
  std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

void append_to_bundle(std::string& bundle, std::string_view leaf) {
  CHECK(leaf.size() <= kMaxLeaf);
  bundle += static_cast<char>(leaf.size() >> 8);
  bundle += static_cast<char>(leaf.size() & 0xff);
  bundle += leaf;
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, std::uint32_t width) {
  std::vector<std::string_view> leaves;
  leaves.reserve(width);
  while (!bytes.empty()) {
    if (bytes.size() < 2 || leaves.size() == width)
      return fail(ErrorCode::corrupt, "bundle with bytes left behind its {} entries",
                  leaves.size());
    const std::size_t length =
        static_cast<std::uint8_t>(bytes[0]) << 8 | static_cast<std::uint8_t>(bytes[1]);
    if (bytes.size() - 2 < length)
      return fail(ErrorCode::corrupt, "bundle ends inside its entry {}", leaves.size());
    leaves.push_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (leaves.size() != width)
    return fail(ErrorCode::corrupt, "bundle of {} entries where {} belong", leaves.size(), width);
  return leaves;
}

Status Frontier::append(const Hash& leaf, const OnFull& on_full) {
  ++size_;
  Hash hash = leaf;
  for (int level = 0;; ++level) {
    if (static_cast<std::size_t>(level) == levels_.size()) levels_.emplace_back();
    std::vector<Hash>& tile = levels_[static_cast<std::size_t>(level)];
    tile.push_back(hash);
    if (tile.size() < kTileWidth) return {};
    hash = root_of(tile);
    const std::uint64_t index = hashes_in_level(level, size_) / kTileWidth - 1;
    TRY_STATUS(on_full({level, index, kTileWidth}, tile));
    tile.clear();
  }
}

Hash Frontier::root() const {
  std::optional<Hash> lower;  // all that is right of the level's perfect subtrees
  for (const auto& tile : levels_) {
    if (tile.empty()) continue;
    std::vector<Hash> subtrees = tile;
    if (lower) subtrees.push_back(*lower);
    lower = root_of(subtrees);
  }
  return lower.value_or(empty_root());
}

std::span<const Hash> Frontier::unfinished(int level) const {
  if (level < 0 || static_cast<std::size_t>(level) >= levels_.size()) return {};
  return levels_[static_cast<std::size_t>(level)];
}

Frontier Frontier::at(std::uint64_t size, std::vector<std::vector<Hash>> levels) {
  Frontier frontier;
  frontier.size_ = size;
  frontier.levels_ = std::move(levels);
  return frontier;
}

}  // namespace nocturn::ledger
