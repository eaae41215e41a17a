#include "ledger/records.h"

#include "ledger/envelope.h"

namespace nocturn::ledger {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "entries",
     "CREATE TABLE ledger_entries ("
     "  position INTEGER PRIMARY KEY,"  // from 0, without gaps
     "  time INTEGER NOT NULL,"
     "  type TEXT NOT NULL,"
     "  object TEXT NOT NULL,"
     "  leaf TEXT NOT NULL,"  // what is hashed into the tree, byte for byte
     "  payload TEXT,"        // null once erased
     "  salt BLOB"            // null once erased
     ") STRICT;"
     "CREATE TABLE ledger_sources ("
     "  source TEXT PRIMARY KEY,"
     "  sequence INTEGER NOT NULL"  // of the source's last entry
     ") STRICT"}};

std::int64_t micros(WallTime time) { return time.time_since_epoch().count(); }

Result<records::Kept> kept_of(const store::Row& row) {
  records::Kept kept;
  kept.leaf = row.text(3);
  const Envelope envelope = TRY(parse_leaf(kept.leaf));
  kept.entry.index = static_cast<std::uint64_t>(row.integer(0));
  kept.entry.time = envelope.time;
  kept.entry.id = envelope.id;
  kept.entry.event.type = row.text(1);
  kept.entry.event.object = row.text(2);
  kept.entry.event.form = envelope.form;
  kept.entry.event.sensitivity = TRY(sensitivity_of(envelope.sensitivity));
  kept.erased = row.is_null(4) || row.is_null(5);
  if (kept.erased) return kept;
  kept.entry.event.payload = row.text(4);
  kept.salt = as_text(row.bytes(5));
  return kept;
}

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

namespace records {

Result<End> end(store::Reader& reader) {
  const auto last =
      TRY(reader.first("SELECT position, time FROM ledger_entries ORDER BY position DESC LIMIT 1",
                       {}, [](const store::Row& row) {
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

Status insert(store::Transaction& transaction, const Entry& entry, std::string_view leaf,
              std::span<const std::uint8_t> salt) {
  return transaction.post(
      "INSERT INTO ledger_entries (position, time, type, object, leaf, payload, salt) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {static_cast<std::int64_t>(entry.index), micros(entry.time),
       std::string_view(entry.event.type), std::string_view(entry.event.object), leaf,
       std::string_view(entry.event.payload), salt});
}

Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf) {
  Status outcome;
  std::uint64_t expected = from;
  TRY_STATUS(reader.query(
      "SELECT position, leaf FROM ledger_entries WHERE position >= ? AND position < ? "
      "ORDER BY position",
      {static_cast<std::int64_t>(from), static_cast<std::int64_t>(from + limit)},
      [&](const store::Row& row) {
        if (!outcome) return;
        if (static_cast<std::uint64_t>(row.integer(0)) != expected++)
          outcome = fail(ErrorCode::corrupt, "entry {} of the ledger is missing", expected - 1);
        else
          outcome = on_leaf(row.text(1));
      }));
  return outcome;
}

Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Kept)>& on_entry) {
  Status outcome;
  TRY_STATUS(reader.query(
      "SELECT position, type, object, leaf, payload, salt FROM ledger_entries "
      "WHERE position >= ? AND position < ? ORDER BY position",
      {static_cast<std::int64_t>(from), static_cast<std::int64_t>(from + limit)},
      [&](const store::Row& row) {
        if (!outcome) return;
        auto kept = kept_of(row);
        outcome = kept ? on_entry(std::move(*kept)) : std::unexpected(std::move(kept.error()));
      }));
  return outcome;
}

Result<bool> erase(store::Transaction& transaction, std::uint64_t index,
                   std::string_view object_class) {
  const std::int64_t changed = TRY(transaction.execute(
      "UPDATE ledger_entries SET payload = NULL, salt = NULL, object = ? WHERE position = ?",
      {object_class, static_cast<std::int64_t>(index)}));
  return changed > 0;
}

}  // namespace records
}  // namespace nocturn::ledger
