#include "ledger/recovery.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/proof.h"
#include "ledger/records.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kRowsAtOnce = 2048;
constexpr std::uint64_t kTail = kTileWidth;  // entries whose hashes are compared at every start

// Something we have signed at some time.
struct Signed {
  std::string_view where;
  std::string note;
  TreeHead head;
};

std::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::conflict,
              "{}; this looks like a restored backup or a copied folder, and signing it would fork "
              "the ledger: open it for reading only, or bring back the newer data",
              why);
}

// Nothing when there is no such file.
Result<std::optional<Signed>> read_signed(const std::filesystem::path& file, std::string_view where,
                                          const VerifierKey& key) {
  auto note = read_file(file);
  if (!note && note.error().code == ErrorCode::not_found) return std::nullopt;
  if (!note) return std::unexpected(std::move(note.error()));
  auto head = open_checkpoint(*note, key);
  if (!head) return refuse(fmt::format("{} is not ours: {}", where, head.error().text()));
  return Signed{where, std::move(*note), std::move(*head)};
}

Status must_be(const Signed& expected, const Hash& root) {
  if (root == expected.head.root) return {};
  return refuse(
      fmt::format("the {} entries of the database are not those of {}, which has another "
                  "root at that size",
                  expected.head.size, expected.where));
}

// The tree of the checkpoint out of its tiles, if they bear it out and end in the same entries as
// the database.
Result<Grown> load(store::Database& database, const TileFiles& files, const TreeHead& head) {
  std::vector<std::vector<Hash>> levels;
  for (const TileName& name : partial_tiles(head.size)) {
    if (name.level == kBundles) continue;
    levels.resize(static_cast<std::size_t>(name.level) + 1);
    levels.back() = TRY(parse_tile(TRY(files.read(name)), name.width));
  }
  Grown grown{Frontier::at(head.size, std::move(levels)), {}};
  if (grown.frontier.root() != head.root)
    return fail(ErrorCode::corrupt, "the tiles do not have the checkpoint's root");
  const Nodes nodes = nodes_of([&](const TileName& name) { return files.read(name); }, head.size);
  std::uint64_t index = head.size - std::min(head.size, kTail);
  TRY_STATUS(database.read([&](store::Reader& reader) {
    return records::leaves(reader, index, head.size - index, [&](std::string_view leaf) -> Status {
      if (TRY(nodes(0, index)) != leaf_hash(leaf))
        return fail(ErrorCode::corrupt, "entry {} is not that of its tile", index);
      if (index >= head.size / kTileWidth * kTileWidth) append_to_bundle(grown.bundle, leaf);
      ++index;
      return {};
    });
  }));
  if (index != head.size) return fail(ErrorCode::corrupt, "entries are missing");
  return grown;
}

Status grow_and_flush(std::uint64_t size, Grown& grown, store::Database& database,
                      TileFiles& files) {
  TRY_STATUS(grown.grow_to(size, database, files));
  return files.flush();
}

// Makes every tile up to the checkpoint anew; both things signed must lie on the way.
Result<Grown> remake(const std::vector<Signed>& all, std::uint64_t size, store::Database& database,
                     TileFiles& files) {
  Grown grown;
  std::vector<const Signed*> in_order;
  for (const Signed& one : all) in_order.push_back(&one);
  std::sort(in_order.begin(), in_order.end(),
            [](const Signed* a, const Signed* b) { return a->head.size < b->head.size; });
  for (const Signed* one : in_order) {
    if (one->head.size > size) break;
    TRY_STATUS(grow_and_flush(one->head.size, grown, database, files));
    TRY_STATUS(must_be(*one, grown.frontier.root()));
  }
  return grown;
}

// The first reason why the database cannot be behind what was signed.
Status check_sizes(const std::vector<Signed>& all, std::uint64_t entries) {
  for (const Signed& one : all)
    if (one.head.size > entries)
      return refuse(fmt::format("the database holds {} entries, but {} was signed over {}", entries,
                                one.where, one.head.size));
  return {};
}

// `all` is the checkpoint first, then the memory, as far as there are such.
Result<Grown> recover_tree(const std::vector<Signed>& all, store::Database& database,
                           TileFiles& files) {
  if (all.empty()) return Grown{};
  const Signed& base = all.front();
  auto loaded = load(database, files, base.head);
  if (!loaded && loaded.error().code != ErrorCode::corrupt &&
      loaded.error().code != ErrorCode::not_found)
    return loaded;
  if (!loaded) {
    log::warning("ledger", "tiles are made anew from the entries",
                 {{"why", loaded.error().text()}});
    return remake(all, all.back().head.size, database, files);
  }
  const Signed& memory = all.back();
  const Nodes nodes =
      nodes_of([&](const TileName& name) { return files.read(name); }, base.head.size);
  if (memory.head.size <= base.head.size) {
    auto root = root_at(memory.head.size, nodes);
    if (!root || *root != memory.head.root) return remake(all, base.head.size, database, files);
    return loaded;
  }
  // Killed after the memory was written and before the checkpoint appeared.
  Grown grown = std::move(*loaded);
  TRY_STATUS(grow_and_flush(memory.head.size, grown, database, files));
  TRY_STATUS(must_be(memory, grown.frontier.root()));
  return grown;
}

}  // namespace

Status Grown::grow_to(std::uint64_t size, store::Database& database, TileFiles& files) {
  std::vector<std::string> leaves;
  while (frontier.size() < size) {
    leaves.clear();
    const std::uint64_t count = std::min(kRowsAtOnce, size - frontier.size());
    TRY_STATUS(database.read([&](store::Reader& reader) {
      return records::leaves(reader, frontier.size(), count, [&](std::string_view leaf) -> Status {
        leaves.emplace_back(leaf);
        return {};
      });
    }));
    if (leaves.empty())
      return fail(ErrorCode::corrupt, "entry {} of the ledger is missing", frontier.size());
    for (const std::string& leaf : leaves) TRY_STATUS(append(leaf, files));
  }
  return {};
}

Status Grown::append(std::string_view leaf, TileFiles& files) {
  const std::uint64_t index = frontier.size();
  TRY_STATUS(
      frontier.append(leaf_hash(leaf), [&](const TileName& name, std::span<const Hash> tile) {
        return files.add(name, std::string(tile_bytes(tile)));
      }));
  append_to_bundle(bundle, leaf);
  if (frontier.size() % kTileWidth != 0) return {};
  return files.add({kBundles, index / kTileWidth, kTileWidth}, std::exchange(bundle, {}));
}

Result<Recovered> recover(store::Database& database, TileFiles& files,
                          const std::filesystem::path& memory, const VerifierKey& key) {
  Recovered recovered;
  records::End end;
  TRY_STATUS(database.read([&](store::Reader& reader) -> Status {
    end = TRY(records::end(reader));
    return {};
  }));
  std::vector<Signed> all;
  auto check = [&]() -> Status {
    if (auto found = TRY(read_signed(files.folder() / "checkpoint", "the checkpoint", key))) {
      recovered.newest = {found->head.size, std::string(as_text(found->head.root)), found->note};
      all.push_back(std::move(*found));
    }
    if (auto found = TRY(read_signed(memory, "the memory of what was signed last", key)))
      all.push_back(std::move(*found));
    TRY_STATUS(check_sizes(all, end.size));
    recovered.grown = TRY(recover_tree(all, database, files));
    return {};
  };
  if (const Status checked = check(); !checked) {
    if (checked.error().code != ErrorCode::conflict) return std::unexpected(checked.error());
    recovered.refusal = checked.error();
  }
  return recovered;
}

}  // namespace nocturn::ledger
