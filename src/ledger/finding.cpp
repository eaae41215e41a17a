#include "ledger/finding.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "ledger/records.h"
#include "ledger/tiles.h"

namespace nocturn::ledger::records {
namespace {

constexpr std::uint64_t kEnd = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kTilesAtOnce = 64;

using Names = std::set<std::string, std::less<>>;

// Between line ends, so that a name is found whole.
std::string lines_of(const Names& names) {
  std::string lines = "\n";
  for (const std::string& name : names) (lines += name) += '\n';
  return lines;
}

// Matches lines with this name, and perhaps others: the databases differ in what case and a
// backslash mean, and the entries are compared anyway.
std::string pattern_of(std::string_view name) {
  if (name.empty()) return "%";
  std::string pattern = "%\n";
  pattern += name;
  std::ranges::replace(pattern, '\\', '_');
  return pattern += "\n%";
}

Status write_contents(store::Transaction& transaction, std::uint64_t tile) {
  Names types, objects;
  const auto low = static_cast<std::int64_t>(tile * kTileWidth);
  TRY_STATUS(transaction.query(
      "SELECT type, object FROM ledger_entries WHERE position >= ? AND position < ?",
      {low, low + kTileWidth}, [&](const store::Row& row) {
        types.emplace(row.text(0));
        objects.emplace(row.text(1));
      }));
  return transaction.post(
      "INSERT INTO ledger_contents (tile, types, objects) VALUES (?, ?, ?) "
      "ON CONFLICT (tile) DO UPDATE SET types = excluded.types, objects = excluded.objects",
      {static_cast<std::int64_t>(tile), std::string_view(lines_of(types)),
       std::string_view(lines_of(objects))});
}

// How many tiles, from the first, have been told of.
Result<std::uint64_t> told_tiles(store::Reader& reader) {
  const auto last = TRY(reader.first(
      "SELECT tile FROM ledger_contents ORDER BY tile DESC LIMIT 1", {},
      [](const store::Row& row) { return static_cast<std::uint64_t>(row.integer(0)); }));
  return last ? *last + 1 : 0;
}

class Search {
 public:
  Search(store::Reader& reader, EntryQuery query, const std::function<Status(Entry)>& on_entry)
      : reader_(reader),
        left_(std::move(query)),
        low_(std::min(left_.from.value_or(0), kEnd)),
        high_(std::min(left_.before.value_or(kEnd), kEnd)),
        on_entry_(on_entry) {}

  Status run() {
    if (left_.type.empty() && left_.object.empty()) return look_at(0, kEnd);
    const std::uint64_t told = TRY(told_tiles(reader_));
    if (left_.from) TRY_STATUS(look_in_tiles(told));
    TRY_STATUS(look_at(told * kTileWidth, kEnd));
    if (!left_.from) TRY_STATUS(look_in_tiles(told));
    return {};
  }

 private:
  Status look_at(std::uint64_t from, std::uint64_t end) {
    from = std::max(from, low_);
    end = std::min(end, high_);
    if (from < end && left_.limit > 0)
      left_.limit -= TRY(matching(reader_, left_, from, end, on_entry_));
    return {};
  }

  // Of the first `told` tiles, those that may hold what is looked for.
  Status look_in_tiles(std::uint64_t told) {
    if (told == 0 || high_ == 0) return {};
    std::uint64_t first = low_ / kTileWidth;
    std::uint64_t last = std::min(told - 1, (high_ - 1) / kTileWidth);
    while (left_.limit > 0 && first <= last) {
      const std::vector<std::uint64_t> tiles = TRY(candidates(first, last));
      for (const std::uint64_t tile : tiles)
        TRY_STATUS(look_at(tile * kTileWidth, (tile + 1) * kTileWidth));
      if (tiles.size() < static_cast<std::size_t>(kTilesAtOnce) || tiles.back() == 0) return {};
      (left_.from ? first : last) = left_.from ? tiles.back() + 1 : tiles.back() - 1;
    }
    return {};
  }

  Result<std::vector<std::uint64_t>> candidates(std::uint64_t first, std::uint64_t last) {
    const std::string types = pattern_of(left_.type), objects = pattern_of(left_.object);
    std::vector<std::uint64_t> tiles;
    TRY_STATUS(reader_.query(
        left_.from ? "SELECT tile FROM ledger_contents WHERE tile >= ? AND tile <= ? AND "
                     "types LIKE ? AND objects LIKE ? ORDER BY tile ASC LIMIT ?"
                   : "SELECT tile FROM ledger_contents WHERE tile >= ? AND tile <= ? AND "
                     "types LIKE ? AND objects LIKE ? ORDER BY tile DESC LIMIT ?",
        {static_cast<std::int64_t>(first), static_cast<std::int64_t>(last), std::string_view(types),
         std::string_view(objects), kTilesAtOnce},
        [&](const store::Row& row) {
          tiles.push_back(static_cast<std::uint64_t>(row.integer(0)));
        }));
    return tiles;
  }

  store::Reader& reader_;
  EntryQuery left_;  // of its limit, what is still to be found
  std::uint64_t low_, high_;
  const std::function<Status(Entry)>& on_entry_;
};

}  // namespace

Status find(store::Reader& reader, const EntryQuery& query,
            const std::function<Status(Entry)>& on_entry) {
  return Search(reader, query, on_entry).run();
}

Status note_contents(store::Transaction& transaction, std::uint64_t size) {
  for (std::uint64_t tile = TRY(told_tiles(transaction)); tile < size / kTileWidth; ++tile)
    TRY_STATUS(write_contents(transaction, tile));
  return {};
}

Status forget_contents(store::Transaction& transaction, std::uint64_t index) {
  const std::uint64_t tile = index / kTileWidth;
  return tile < TRY(told_tiles(transaction)) ? write_contents(transaction, tile) : Status{};
}

}  // namespace nocturn::ledger::records
