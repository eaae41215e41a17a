#include "ledger/records.h"

#include "ledger/envelope.h"
#include "ledger/finding.h"

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
     ") STRICT"}};

// The columns of the statements that read entries.
enum Column : int {
  kPosition,
  kTime,
  kId,
  kType,
  kObject,
  kSubject,
  kSequence,
  kForm,
  kSensitivity,
  kPayload,
  kSalt,
  kLeaf
};
constexpr std::string_view kColumns =
    "position, time, id, type, object, subject, sequence, form, sensitivity, payload, salt, leaf";

constexpr auto kMostSensitive = static_cast<std::int64_t>(Sensitivity::personal);

bool is_erased(const store::Row& row) { return row.is_null(kPayload) || row.is_null(kSalt); }

// What is hashed into the tree, byte for byte. It is made anew each time and not stored, since that
// would nearly double what an append has to flush; so to_leaf() may never change what it writes for
// the same entry (envelope_test.cpp holds it to that).
std::string leaf_of(const store::Row& row) {
  if (!row.is_null(kLeaf)) return std::string(row.text(kLeaf));
  const std::string commit = to_base64(commitment(row.bytes(kSalt), row.text(kPayload)));
  const std::string source = source_of(row.text(kType));
  const std::string subject = to_hex(row.bytes(kSubject));
  return to_leaf(
      EnvelopeView{.sensitivity = name_of(static_cast<Sensitivity>(row.integer(kSensitivity))),
                   .commit = commit,
                   .id = row.text(kId),
                   .object_class = class_of(row.text(kObject)),
                   .form = static_cast<std::uint64_t>(row.integer(kForm)),
                   .sequence = static_cast<std::uint64_t>(row.integer(kSequence)),
                   .source = source,
                   .subject = subject,
                   .time = WallTime(Micros(row.integer(kTime))),
                   .type = row.text(kType)});
}

Entry entry_of(const store::Row& row) {
  Entry entry;
  entry.index = static_cast<std::uint64_t>(row.integer(kPosition));
  entry.time = WallTime(Micros(row.integer(kTime)));
  entry.id = row.text(kId);
  entry.event.type = row.text(kType);
  entry.event.object = row.text(kObject);
  if (!is_erased(row)) entry.event.payload = row.text(kPayload);
  entry.event.form = static_cast<std::uint64_t>(row.integer(kForm));
  entry.event.sensitivity = static_cast<Sensitivity>(row.integer(kSensitivity));
  return entry;
}

Status check_class(const store::Row& row) {
  if (row.integer(kSensitivity) >= 0 && row.integer(kSensitivity) <= kMostSensitive) return {};
  return fail(ErrorCode::corrupt, "entry {} of the ledger has no class", row.integer(kPosition));
}

Status read_rows(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
                 const std::function<Status(const store::Row&)>& on_row) {
  Status outcome;
  std::uint64_t expected = from;
  const std::string sql = fmt::format(
      "SELECT {} FROM ledger_entries WHERE position >= ? AND position < ? ORDER BY position",
      kColumns);
  TRY_STATUS(reader.query(
      sql.c_str(), {static_cast<std::int64_t>(from), static_cast<std::int64_t>(from + limit)},
      [&](const store::Row& row) {
        if (!outcome) return;
        if (static_cast<std::uint64_t>(row.integer(kPosition)) != expected++)
          outcome = fail(ErrorCode::corrupt, "entry {} of the ledger is missing", expected - 1);
        else
          outcome = check_class(row);
        if (outcome) outcome = on_row(row);
      }));
  return outcome;
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

Status insert(store::Transaction& transaction, const Entry& entry, const Sealing& sealing) {
  return transaction.post(
      "INSERT INTO ledger_entries (position, time, id, type, object, subject, sequence, form, "
      "sensitivity, payload, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {static_cast<std::int64_t>(entry.index), entry.time.time_since_epoch().count(),
       std::string_view(entry.id), std::string_view(entry.event.type),
       std::string_view(entry.event.object), std::span<const std::uint8_t>(sealing.subject),
       static_cast<std::int64_t>(sealing.sequence), static_cast<std::int64_t>(entry.event.form),
       static_cast<std::int64_t>(entry.event.sensitivity), std::string_view(entry.event.payload),
       std::span<const std::uint8_t>(sealing.salt)});
}

Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf) {
  return read_rows(reader, from, limit,
                   [&](const store::Row& row) { return on_leaf(leaf_of(row)); });
}

Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Entry)>& on_entry) {
  return read_rows(reader, from, limit,
                   [&](const store::Row& row) { return on_entry(entry_of(row)); });
}

Status sealed_entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
                      const std::function<Status(Sealed)>& on_entry) {
  return read_rows(reader, from, limit, [&](const store::Row& row) {
    Sealed sealed{entry_of(row), leaf_of(row), {}};
    if (!is_erased(row)) sealed.salt = as_text(row.bytes(kSalt));
    return on_entry(std::move(sealed));
  });
}

Result<std::uint64_t> matching(store::Reader& reader, const EntryQuery& query, std::uint64_t from,
                               std::uint64_t end, const std::function<Status(Entry)>& on_entry) {
  const bool any_type = query.type.empty(), any_object = query.object.empty();
  const std::string sql = fmt::format(
      "SELECT {} FROM ledger_entries WHERE position >= ? AND position < ?{}{}"
      " ORDER BY position {} LIMIT ?",
      kColumns, any_type ? "" : " AND type = ?", any_object ? "" : " AND object = ?",
      query.from ? "ASC" : "DESC");
  Status outcome;
  std::uint64_t rows = 0;
  const store::OnRow on_row = [&](const store::Row& row) {
    ++rows;
    if (outcome) outcome = check_class(row);
    if (outcome) outcome = on_entry(entry_of(row));
  };
  const auto ask = [&](store::Parameters parameters) {
    return reader.query(sql.c_str(), parameters, on_row);
  };
  const auto low = static_cast<std::int64_t>(from), high = static_cast<std::int64_t>(end);
  const auto limit = static_cast<std::int64_t>(query.limit);
  const std::string_view type = query.type, object = query.object;
  if (!any_type && !any_object) {
    TRY_STATUS(ask({low, high, type, object, limit}));
  } else if (!any_type || !any_object) {
    TRY_STATUS(ask({low, high, any_type ? object : type, limit}));
  } else {
    TRY_STATUS(ask({low, high, limit}));
  }
  TRY_STATUS(outcome);
  return rows;
}

Status erase(store::Transaction& transaction, std::uint64_t index) {
  std::optional<Sealed> found;
  TRY_STATUS(sealed_entries(transaction, index, 1, [&](Sealed sealed) -> Status {
    found = std::move(sealed);
    return {};
  }));
  if (!found) return fail(ErrorCode::not_found, "there is no entry {}", index);
  TRY_STATUS(transaction.post(
      "UPDATE ledger_entries SET payload = NULL, salt = NULL, object = ?, leaf = ? "
      "WHERE position = ?",
      {class_of(found->entry.event.object), std::string_view(found->leaf),
       static_cast<std::int64_t>(index)}));
  return forget_contents(transaction, index);
}

}  // namespace records
}  // namespace nocturn::ledger
