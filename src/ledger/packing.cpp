#include "ledger/packing.h"

#include <optional>
#include <string>
#include <vector>

#include "ledger/records.h"

namespace nocturn::ledger {
namespace {

constexpr std::int64_t kRowsAtOnce = 1'024;

// A row of the old table.
struct Single {
  std::uint64_t index;
  WallTime time;
  std::string id, type, object;
  Bytes subject;
  std::uint64_t sequence, form;
  Sensitivity sensitivity;
  std::optional<std::string> payload, leaf;
  Bytes salt;

  Stored stored() const {
    const bool erased = !payload || salt.empty();
    Stored entry{.index = index, .time = time, .id = id, .type = type, .object = object};
    entry.subject = subject;
    entry.sequence = sequence;
    entry.form = form;
    entry.sensitivity = sensitivity;
    entry.erased = erased;
    if (!erased) entry.payload = *payload;
    if (!erased) entry.salt = salt;
    if (erased && leaf) entry.leaf = *leaf;
    return entry;
  }
};

Bytes bytes_of(std::span<const std::uint8_t> view) { return {view.begin(), view.end()}; }

Single single_of(const store::Row& row) {
  Single single{.index = static_cast<std::uint64_t>(row.integer(0)),
                .time = WallTime(Micros(row.integer(1))),
                .id = std::string(row.text(2)),
                .type = std::string(row.text(3)),
                .object = std::string(row.text(4)),
                .subject = bytes_of(row.bytes(5)),
                .sequence = static_cast<std::uint64_t>(row.integer(6)),
                .form = static_cast<std::uint64_t>(row.integer(7)),
                .sensitivity = static_cast<Sensitivity>(row.integer(8)),
                .payload = {},
                .leaf = {},
                .salt = {}};
  if (!row.is_null(9)) single.payload = row.text(9);
  if (!row.is_null(10)) single.salt = bytes_of(row.bytes(10));
  if (!row.is_null(11)) single.leaf = row.text(11);
  return single;
}

Result<std::vector<Single>> singles(store::Reader& reader, std::uint64_t from) {
  std::vector<Single> found;
  TRY_STATUS(reader.query(
      "SELECT position, time, id, type, object, subject, sequence, form, sensitivity, payload, "
      "salt, leaf FROM ledger_entries WHERE position >= ? ORDER BY position LIMIT ?",
      {static_cast<std::int64_t>(from), kRowsAtOnce},
      [&](const store::Row& row) { found.push_back(single_of(row)); }));
  return found;
}

}  // namespace

Status pack_entries(store::Transaction& transaction) {
  for (std::uint64_t next = 0;;) {
    const std::vector<Single> found = TRY(singles(transaction, next));
    if (found.empty()) return {};
    Batch batch;
    for (const Single& single : found) {
      if (single.index != next)
        return fail(ErrorCode::corrupt, "entry {} of the ledger is missing", next);
      batch.add(single.stored());
      ++next;
      const bool last = &single == &found.back();
      if (!last && !batch.full() && (&single + 1)->time == single.time) continue;
      TRY_STATUS(records::insert(transaction, next - batch.count(), single.time, batch));
      batch.clear();
    }
  }
}

}  // namespace nocturn::ledger
