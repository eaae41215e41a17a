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
constexpr std::uint64_t kEntriesAtOnce = kTileWidth;  // held in memory

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
  const auto add = [](Names& names, std::string_view name) {
    if (!names.contains(name)) names.emplace(name);
  };
  TRY_STATUS(stored(transaction, tile * kTileWidth, kTileWidth, [&](const Stored& entry) -> Status {
    add(types, entry.type);
    add(objects, entry.object);
    return {};
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

bool is_asked_for(const EntryQuery& query, const Stored& entry) {
  return (query.type.empty() || entry.type == query.type) &&
         (query.object.empty() || entry.object == query.object);
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
    high_ = std::min(high_, TRY(end(reader_)).size);
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
    while (from < end && left_.limit > 0) {
      const std::uint64_t count = std::min(end - from, kEntriesAtOnce);
      TRY_STATUS(look_at_each(left_.from ? from : end - count, count));
      (left_.from ? from : end) = left_.from ? from + count : end - count;
    }
    return {};
  }

  Status look_at_each(std::uint64_t from, std::uint64_t count) {
    std::vector<Entry> found;
    TRY_STATUS(stored(reader_, from, count, [&](const Stored& entry) -> Status {
      if (is_asked_for(left_, entry)) found.push_back(entry_of(entry));
      return {};
    }));
    if (!left_.from) std::ranges::reverse(found);
    if (found.size() > left_.limit) found.resize(left_.limit);
    left_.limit -= found.size();
    for (Entry& entry : found) TRY_STATUS(on_entry_(std::move(entry)));
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
