#include "series/file.h"

#include <sqlite3.h>

#include <algorithm>
#include <variant>
#include <vector>

namespace nocturn::series {
namespace {

constexpr int kSchemaVersion = 1;
constexpr const char* kSchema = R"(
  CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                       covered INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE blocks (key INTEGER PRIMARY KEY, samples BLOB NOT NULL) STRICT;
  CREATE TABLE rollups (key INTEGER PRIMARY KEY, summary BLOB NOT NULL) STRICT;
  CREATE TABLE tail (number INTEGER PRIMARY KEY, samples BLOB NOT NULL) STRICT;
  PRAGMA user_version = 1;
)";

constexpr std::int64_t kSeconds = std::int64_t{1} << 32;  // places for starts in a key

std::int64_t seconds_of(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return std::clamp<std::int64_t>(seconds, 0, kSeconds - 1);
}
// The first second not before `time`.
std::int64_t seconds_from(WallTime time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).time_since_epoch().count();
  return std::clamp<std::int64_t>(seconds, 0, kSeconds);
}
std::int64_t key_of(SeriesId id, std::int64_t seconds) {
  return static_cast<std::int64_t>(id) * kSeconds + seconds;
}
WallTime start_of(std::int64_t key) { return WallTime(std::chrono::seconds(key % kSeconds)); }

class SqliteFile final : public File {
 public:
  explicit SqliteFile(sqlite3* database) : database_(database) {}
  ~SqliteFile() override {
    for (auto& [text, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }

  Status prepare_schema();

  Status begin() override { return run("BEGIN IMMEDIATE", {}); }
  Status commit() override { return run("COMMIT", {}); }
  void roll_back() override { (void)run("ROLLBACK", {}); }

  Status each_series(const OnSeries& on_series) override {
    return run("SELECT id, name, covered FROM series", {}, [&](sqlite3_stmt* row) -> Status {
      on_series(static_cast<SeriesId>(sqlite3_column_int64(row, 0)), text(row, 1),
                sqlite3_column_int64(row, 2));
      return {};
    });
  }
  Status put_series(SeriesId id, std::string_view name) override {
    return run("INSERT INTO series (id, name) VALUES (?, ?)", {std::int64_t{id}, as_bytes(name)},
               {}, true);
  }
  Status cover(SeriesId id, std::int64_t covered) override {
    return run("UPDATE series SET covered = ? WHERE id = ?", {covered, std::int64_t{id}});
  }

  Status blocks(SeriesId id, WallTime from, WallTime until, const OnRow& on_row) override {
    return range("SELECT key, samples FROM blocks WHERE key >= ? AND key < ? ORDER BY key", id,
                 from, until, on_row);
  }
  Status rollups(SeriesId id, WallTime from, WallTime until, const OnRow& on_row) override {
    return range("SELECT key, summary FROM rollups WHERE key >= ? AND key < ? ORDER BY key", id,
                 from, until, on_row);
  }
  Status put_block(SeriesId id, WallTime start, std::span<const std::uint8_t> bytes) override;
  Status put_rollup(SeriesId id, WallTime hour, std::span<const std::uint8_t> bytes) override {
    return run("INSERT OR REPLACE INTO rollups (key, summary) VALUES (?, ?)",
               {key_of(id, seconds_of(hour)), bytes});
  }
  Result<std::vector<WallTime>> not_rolled_up(SeriesId id) override;
  Status drop_blocks(SeriesId id, WallTime before) override {
    return run("DELETE FROM blocks WHERE key >= ? AND key < ?",
               {key_of(id, 0), key_of(id, seconds_from(before))});
  }
  Status drop_rollups(SeriesId id, WallTime before) override {
    return run("DELETE FROM rollups WHERE key >= ? AND key < ?",
               {key_of(id, 0), key_of(id, seconds_from(before))});
  }

  Status each_tail(const OnTail& on_tail) override {
    return run("SELECT number, samples FROM tail ORDER BY number", {}, [&](sqlite3_stmt* row) {
      return on_tail(sqlite3_column_int64(row, 0), blob(row, 1));
    });
  }
  Status put_tail(std::int64_t number, std::span<const std::uint8_t> bytes) override {
    return run("INSERT INTO tail (number, samples) VALUES (?, ?)", {number, bytes});
  }
  Status drop_tail(std::int64_t before) override {
    return run("DELETE FROM tail WHERE number < ?", {before});
  }

 private:
  using Parameter = std::variant<std::int64_t, std::span<const std::uint8_t>>;
  using OnSqlRow = std::function<Status(sqlite3_stmt*)>;

  static std::string_view text(sqlite3_stmt* row, int column) { return as_text(blob(row, column)); }
  static std::span<const std::uint8_t> blob(sqlite3_stmt* row, int column) {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
  }
  Status range(const char* sql, SeriesId id, WallTime from, WallTime until, const OnRow& on_row) {
    return run(sql, {key_of(id, seconds_from(from)), key_of(id, seconds_from(until))},
               [&](sqlite3_stmt* row) {
                 return on_row(start_of(sqlite3_column_int64(row, 0)), blob(row, 1));
               });
  }
  Result<sqlite3_stmt*> prepared(const char* sql);
  Status run(const char* sql, std::initializer_list<Parameter> parameters,
             const OnSqlRow& on_row = {}, bool bytes_are_text = false);
  std::unexpected<Error> failure(int code) const;

  sqlite3* database_;
  std::vector<std::pair<const char*, sqlite3_stmt*>> statements_;
};

std::unexpected<Error> SqliteFile::failure(int code) const {
  const ErrorCode kind = (code & 0xFF) == SQLITE_FULL      ? ErrorCode::disk_full
                         : (code & 0xFF) == SQLITE_CORRUPT ? ErrorCode::corrupt
                         : (code & 0xFF) == SQLITE_NOTADB  ? ErrorCode::corrupt
                                                           : ErrorCode::unavailable;
  return fail(kind, "series file: {}", sqlite3_errmsg(database_));
}

Result<sqlite3_stmt*> SqliteFile::prepared(const char* sql) {
  for (const auto& [text, statement] : statements_)
    if (text == sql) return statement;
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failure(code);
  statements_.emplace_back(sql, statement);
  return statement;
}

Status SqliteFile::run(const char* sql, std::initializer_list<Parameter> parameters,
                       const OnSqlRow& on_row, bool bytes_are_text) {
  sqlite3_stmt* statement = TRY(prepared(sql));
  int index = 0;
  for (const Parameter& parameter : parameters) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
      sqlite3_bind_int64(statement, index, *number);
    } else if (const auto bytes = std::get<1>(parameter); bytes_are_text) {
      sqlite3_bind_text64(statement, index, reinterpret_cast<const char*>(bytes.data()),
                          bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
      sqlite3_bind_blob64(statement, index,
                          bytes.empty() ? static_cast<const void*>("") : bytes.data(), bytes.size(),
                          SQLITE_STATIC);
    }
  }
  Status outcome;
  int code = SQLITE_ROW;
  while (outcome && (code = sqlite3_step(statement)) == SQLITE_ROW)
    if (on_row) outcome = on_row(statement);
  if (outcome && code != SQLITE_DONE) outcome = failure(code);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return outcome;
}

Status SqliteFile::prepare_schema() {
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_busy_timeout(database_, 2000);
  // NORMAL: a power cut may cost the last seconds of samples, never the file.
  const auto execute = [this](const char* sql) -> Status {
    const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status{} : failure(code);
  };
  TRY_STATUS(
      execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000;"
              "PRAGMA journal_size_limit = 16777216;"));
  int version = 0;
  TRY_STATUS(run("PRAGMA user_version", {}, [&](sqlite3_stmt* row) -> Status {
    version = sqlite3_column_int(row, 0);
    return {};
  }));
  if (version == kSchemaVersion) return {};
  if (version != 0)
    return fail(ErrorCode::unsupported, "series file of version {}, this program knows {}", version,
                kSchemaVersion);
  TRY_STATUS(begin());
  TRY_STATUS(execute(kSchema));
  return commit();
}

Status SqliteFile::put_block(SeriesId id, WallTime start, std::span<const std::uint8_t> bytes) {
  std::int64_t key = key_of(id, seconds_of(start));
  // After a clock was set back, a start may be taken already.
  TRY_STATUS(run("SELECT key FROM blocks WHERE key >= ? AND key < ? ORDER BY key",
                 {key, key_of(id + 1, 0)}, [&](sqlite3_stmt* row) -> Status {
                   if (sqlite3_column_int64(row, 0) == key) ++key;
                   return {};
                 }));
  return run("INSERT INTO blocks (key, samples) VALUES (?, ?)", {key, bytes});
}

Result<std::vector<WallTime>> SqliteFile::not_rolled_up(SeriesId id) {
  std::int64_t from = key_of(id, 0);
  TRY_STATUS(run("SELECT max(key) FROM rollups WHERE key >= ? AND key < ?",
                 {from, key_of(id + 1, 0)}, [&](sqlite3_stmt* row) -> Status {
                   if (sqlite3_column_type(row, 0) != SQLITE_NULL)
                     from = sqlite3_column_int64(row, 0) + 3600;
                   return {};
                 }));
  std::vector<WallTime> starts;
  TRY_STATUS(run("SELECT key FROM blocks WHERE key >= ? AND key < ?", {from, key_of(id + 1, 0)},
                 [&](sqlite3_stmt* row) -> Status {
                   starts.push_back(start_of(sqlite3_column_int64(row, 0)));
                   return {};
                 }));
  return starts;
}

}  // namespace

Result<std::unique_ptr<File>> File::open(const std::filesystem::path& path) {
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto file = std::make_unique<SqliteFile>(database);
  if (code != SQLITE_OK)
    return std::unexpected(
        Error{ErrorCode::unavailable, sqlite3_errmsg(database), path.string(), false});
  if (auto ready = file->prepare_schema(); !ready)
    return std::unexpected(about(path.string(), std::move(ready).error()));
  return file;
}

}  // namespace nocturn::series
