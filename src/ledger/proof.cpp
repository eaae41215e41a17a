#include "ledger/proof.h"

#include <charconv>
#include <map>

#include "base/text.h"

namespace nocturn::ledger {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kMaxPath = 64;

// Takes the text up to the next newline off the front.
Result<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return fail(ErrorCode::corrupt, "the proof ends too early");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string to_text(const Proof& proof) {
  std::string text = fmt::format("{}\nindex {}\n", kFirstLine, proof.index);
  for (const Hash& hash : proof.path) text += to_base64(hash) + '\n';
  return text + '\n' + proof.checkpoint;
}

Result<Proof> parse_proof(std::string_view text) {
  Proof proof;
  if (TRY(take_line(text)) != kFirstLine) return fail(ErrorCode::corrupt, "not a tlog-proof@v1");
  std::string_view line = TRY(take_line(text));
  if (line.starts_with("extra ")) line = TRY(take_line(text));
  if (!line.starts_with("index ")) return fail(ErrorCode::corrupt, "the proof names no entry");
  line.remove_prefix(6);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), proof.index);
  const bool leading_zero = line.size() > 1 && line.front() == '0';
  if (error != std::errc() || end != line.data() + line.size() || leading_zero)
    return fail(ErrorCode::corrupt, "the proof's index is not a number");
  while (!(line = TRY(take_line(text))).empty()) {
    const auto bytes = from_base64(line);
    if (!bytes || bytes->size() != sizeof(Hash))
      return fail(ErrorCode::corrupt, "the proof has a line that is no hash");
    if (proof.path.size() == kMaxPath) return fail(ErrorCode::limited, "the proof is too long");
    std::copy(bytes->begin(), bytes->end(), proof.path.emplace_back().begin());
  }
  proof.checkpoint = text;
  return proof;
}

Result<TreeHead> verify_proof(const Proof& proof, std::string_view leaf, const VerifierKey& key) {
  TreeHead head = TRY(open_checkpoint(proof.checkpoint, key));
  TRY_STATUS(verify_inclusion(leaf_hash(leaf), proof.index, head.size, proof.path, head.root));
  return head;
}

Nodes nodes_of(TileBytes tiles, std::uint64_t size) {
  struct Last {
    TileName name{kBundles, 0, 0};
    std::vector<Hash> hashes;
  };
  return [tiles = std::move(tiles), size, last = std::make_shared<Last>()](
             int level, std::uint64_t index) -> Result<Hash> {
    const int tile_level = level / kTileHeight;
    const int height = level % kTileHeight;
    const std::uint64_t first = index << height;
    const std::uint64_t in_level = size >> (kTileHeight * tile_level);
    const std::uint64_t tile = first / kTileWidth;
    const std::uint64_t width = std::min<std::uint64_t>(kTileWidth, in_level - tile * kTileWidth);
    const TileName name{tile_level, tile, static_cast<std::uint32_t>(width)};
    if (last->name != name) {
      last->hashes = TRY(parse_tile(TRY(tiles(name)), name.width));
      last->name = name;
    }
    const std::uint64_t offset = first % kTileWidth, count = std::uint64_t{1} << height;
    CHECK(offset + count <= width);
    return root_of(std::span(last->hashes).subspan(offset, count));
  };
}

}  // namespace nocturn::ledger
