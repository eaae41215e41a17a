#include "ledger/records.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "ledger/envelope.h"
#include "ledger/finding.h"
#include "ledger/packing.h"

namespace nocturn::ledger {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "entries",
     "CREATE TABLE ledger_entries ("
     "  position INTEGER PRIMARY KEY,"  // from 0, without gaps
     "  time INTEGER NOT NULL,"
     "  id TEXT NOT NULL,"
     "  type TEXT NOT NULL,"
     "  object TEXT NOT NULL,"
     "  subject BLOB NOT NULL,"      // pseudonym of the object
     "  sequence INTEGER NOT NULL,"  // within the source
     "  form INTEGER NOT NULL,"
     "  sensitivity INTEGER NOT NULL,"  // as Sensitivity counts them
     "  payload TEXT,"                  // null once erased
     "  salt BLOB,"                     // null once erased
     "  leaf TEXT"                      // kept once it can no longer be made from the others
     ") STRICT;"
     "CREATE TABLE ledger_sources ("
     "  source TEXT PRIMARY KEY,"
     "  sequence INTEGER NOT NULL"  // of the source's last entry
     ") STRICT"},
    {2, "finding entries",
     "CREATE INDEX ledger_entries_by_type ON ledger_entries (type, position);"
     "CREATE INDEX ledger_entries_by_object ON ledger_entries (object, position)"},
    {3, "finding entries by their tiles",
     "DROP INDEX ledger_entries_by_type;"
     "DROP INDEX ledger_entries_by_object;"
     "CREATE TABLE ledger_contents ("  // of each full tile's entries; see finding.h
     "  tile INTEGER PRIMARY KEY,"
     "  types TEXT NOT NULL,"
     "  objects TEXT NOT NULL"
     ") STRICT"},
    {4, "entries in batches",
     "CREATE TABLE ledger_batches ("
     "  last INTEGER PRIMARY KEY,"  // position of its last entry
     "  first INTEGER NOT NULL,"    // positions have no gaps
     "  time INTEGER NOT NULL,"     // of all its entries
     "  entries BLOB NOT NULL"      // see batch.h
     ") STRICT",
     pack_entries},
    {5, "entries in batches alone", "DROP TABLE ledger_entries"}};

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

// The batches that hold the entries [from, end), as far as there are such; `end` is beyond `from`.
Status read_batches(store::Reader& reader, std::uint64_t from, std::uint64_t end,
                    const store::OnRow& on_row) {
  return reader.query(
      "SELECT last, first, time, entries FROM ledger_batches WHERE last >= ? AND last <= "
      "COALESCE((SELECT last FROM ledger_batches WHERE last >= ? ORDER BY last LIMIT 1), ?) "
      "ORDER BY last",
      {static_cast<std::int64_t>(from), static_cast<std::int64_t>(end - 1),
       static_cast<std::int64_t>(kNoEnd)},
      on_row);
}

// Takes the columns of read_batches().
Status read_entries(const store::Row& row, const std::function<Status(const Stored&)>& on_entry) {
  return read_batch(row.bytes(3), static_cast<std::uint64_t>(row.integer(1)),
                    static_cast<std::uint64_t>(row.integer(0)), WallTime(Micros(row.integer(2))),
                    on_entry);
}

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

namespace records {

Result<End> end(store::Reader& reader) {
  const auto last =
      TRY(reader.first("SELECT last, time FROM ledger_batches ORDER BY last DESC LIMIT 1", {},
                       [](const store::Row& row) {
                         return End{static_cast<std::uint64_t>(row.integer(0)) + 1,
                                    WallTime(Micros(row.integer(1)))};
                       }));
  return last.value_or(End{});
}

Result<std::uint64_t> sequence(store::Reader& reader, std::string_view source) {
  const auto found = TRY(reader.first(
      "SELECT sequence FROM ledger_sources WHERE source = ?", {source},
      [](const store::Row& row) { return static_cast<std::uint64_t>(row.integer(0)); }));
  return found.value_or(0);
}

Status set_sequence(store::Transaction& transaction, std::string_view source, std::uint64_t value) {
  return transaction.post(
      "INSERT INTO ledger_sources (source, sequence) VALUES (?, ?) "
      "ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence",
      {source, static_cast<std::int64_t>(value)});
}

Status insert(store::Transaction& transaction, std::uint64_t first, WallTime time,
              const Batch& batch) {
  return transaction.post(
      "INSERT INTO ledger_batches (last, first, time, entries) VALUES (?, ?, ?, ?)",
      {static_cast<std::int64_t>(first + batch.count() - 1), static_cast<std::int64_t>(first),
       time.time_since_epoch().count(), batch.bytes()});
}

Status stored(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(const Stored&)>& on_entry) {
  if (from >= kNoEnd || limit == 0) return {};
  const std::uint64_t end = from + std::min(limit, kNoEnd - from);
  std::optional<std::uint64_t> expected;
  Status outcome;
  TRY_STATUS(read_batches(reader, from, end, [&](const store::Row& row) {
    if (!outcome) return;
    const auto first = static_cast<std::uint64_t>(row.integer(1));
    if (first != expected.value_or(std::min(first, from))) {
      outcome =
          fail(ErrorCode::corrupt, "entry {} of the ledger is missing", expected.value_or(from));
      return;
    }
    expected = static_cast<std::uint64_t>(row.integer(0)) + 1;
    outcome = read_entries(row, [&](const Stored& entry) -> Status {
      return entry.index < from || entry.index >= end ? Status{} : on_entry(entry);
    });
  }));
  return outcome;
}

Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf) {
  return stored(reader, from, limit, [&](const Stored& entry) { return on_leaf(leaf_of(entry)); });
}

std::string leaf_of(const Stored& entry) {
  if (entry.erased) return std::string(entry.leaf);
  const std::string commit = to_base64(commitment(entry.salt, entry.payload));
  const std::string source = source_of(entry.type);
  const std::string subject = to_hex(entry.subject);
  return to_leaf(EnvelopeView{.sensitivity = name_of(entry.sensitivity),
                              .commit = commit,
                              .id = entry.id,
                              .object_class = class_of(entry.object),
                              .form = entry.form,
                              .sequence = entry.sequence,
                              .source = source,
                              .subject = subject,
                              .time = entry.time,
                              .type = entry.type});
}

Entry entry_of(const Stored& entry) {
  return {entry.index,
          entry.time,
          std::string(entry.id),
          {std::string(entry.type), std::string(entry.object), std::string(entry.payload),
           entry.form, entry.sensitivity}};
}

Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Entry)>& on_entry) {
  return stored(reader, from, limit,
                [&](const Stored& entry) { return on_entry(entry_of(entry)); });
}

Status sealed_entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
                      const std::function<Status(Sealed)>& on_entry) {
  return stored(reader, from, limit, [&](const Stored& entry) {
    return on_entry({entry_of(entry), leaf_of(entry), std::string(as_text(entry.salt))});
  });
}

Status erase(store::Transaction& transaction, std::uint64_t index) {
  transaction.leave_no_traces();
  Batch batch;
  std::int64_t last = -1;
  const auto keep = [&](const Stored& entry) -> Status {
    if (entry.index != index) return batch.add(entry), Status{};
    const std::string leaf = leaf_of(entry);
    Stored erased = entry;
    erased.erased = true;
    erased.object = class_of(entry.object);
    erased.leaf = leaf;
    batch.add(erased);
    return {};
  };
  Status outcome;
  TRY_STATUS(read_batches(transaction, index, index + 1, [&](const store::Row& row) {
    last = row.integer(0);
    outcome = read_entries(row, keep);
  }));
  TRY_STATUS(outcome);
  if (last < 0 || index >= kNoEnd) return fail(ErrorCode::not_found, "there is no entry {}", index);
  TRY_STATUS(transaction.post("UPDATE ledger_batches SET entries = ? WHERE last = ?",
                              {batch.bytes(), last}));
  return forget_contents(transaction, index);
}

}  // namespace records
}  // namespace nocturn::ledger
