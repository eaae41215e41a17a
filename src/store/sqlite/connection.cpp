#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <cerrno>

#include "store/sqlite/log_gathering.h"

namespace nocturn::store::sqlite {
namespace {

constexpr int kBusyMillis = 5000;
constexpr std::size_t kMaxStatements = 256;

// The row a statement stands on.
class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}

  bool is_null(int column) const override { return type(column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override {
    CHECK(type(column) == SQLITE_INTEGER);
    return sqlite3_column_int64(statement_, column);
  }
  double real(int column) const override {
    CHECK(type(column) == SQLITE_FLOAT || type(column) == SQLITE_INTEGER);
    return sqlite3_column_double(statement_, column);
  }
  std::string_view text(int column) const override {
    CHECK(type(column) == SQLITE_TEXT);
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::span<const std::uint8_t> bytes(int column) const override {
    CHECK(type(column) == SQLITE_BLOB);
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  int type(int column) const {
    CHECK(column >= 0 && column < sqlite3_column_count(statement_));
    return sqlite3_column_type(statement_, column);
  }
  sqlite3_stmt* statement_;
};

// Views are bound without a copy: the statement is reset before the call returns. SQLite takes a
// null pointer for NULL, so that empty views need another one.
int bind(sqlite3_stmt* statement, int place, const Parameter& parameter) {
  struct Binder {
    sqlite3_stmt* statement;
    int place;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, place, value); }
    int operator()(double value) const { return sqlite3_bind_double(statement, place, value); }
    int operator()(std::string_view value) const {
      const char* data = value.data() == nullptr ? "" : value.data();
      return sqlite3_bind_text64(statement, place, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(std::span<const std::uint8_t> value) const {
      const void* data = value.data() == nullptr ? static_cast<const void*>("") : value.data();
      return sqlite3_bind_blob64(statement, place, data, value.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, place}, parameter);
}

bool is_lack_of_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

// Why the last input or output of the connection failed. sqlite3_system_errno does not know it
// when the failure was in a COMMIT; the log's own file does.
bool lacks_room(sqlite3* handle) {
  if (is_lack_of_room(sqlite3_system_errno(handle))) return true;
  sqlite3_file* log = nullptr;
  int error = 0;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log == nullptr || log->pMethods == nullptr) return false;
  log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  return is_lack_of_room(error);
}

ErrorCode code_of(int result, sqlite3* handle) {
  switch (result & 0xff) {
    case SQLITE_FULL: return ErrorCode::disk_full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return result == SQLITE_IOERR_SHMSIZE || lacks_room(handle) ? ErrorCode::disk_full
                                                                  : ErrorCode::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT:
      return result == SQLITE_CONSTRAINT_DATATYPE ? ErrorCode::internal : ErrorCode::conflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL: return ErrorCode::unavailable;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return ErrorCode::forbidden;
    case SQLITE_TOOBIG: return ErrorCode::limited;
    default: return ErrorCode::internal;
  }
}

bool is_stores_own(ErrorCode code) {
  return code == ErrorCode::disk_full || code == ErrorCode::unavailable ||
         code == ErrorCode::corrupt || code == ErrorCode::forbidden;
}

}  // namespace

void Connection::CloseHandle::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& file, Limits limits) {
  std::unique_ptr<Connection> connection(new Connection(file));
  sqlite3* handle = nullptr;
  // Reading needs the write-ahead log's index, which a read-only handle cannot make: readers are
  // kept from writing by query_only instead.
  const int opened = sqlite3_open_v2(
      file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      limits.gathers_log ? log_gathering() : nullptr);
  connection->handle_.reset(handle);
  if (opened != SQLITE_OK) return connection->failure(opened, {});
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMillis);
  TRY_STATUS(connection->run_script(
      fmt::format("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                  "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
                  "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;"
                  "PRAGMA cache_size=-{}; PRAGMA mmap_size={}; PRAGMA query_only={};",
                  limits.cache_bytes / 1024, limits.mapped_bytes, limits.read_only ? 1 : 0)));
  // Some file systems cannot share the log's index in memory; SQLite then stays as it was.
  std::string mode;
  TRY_STATUS(
      connection->query("PRAGMA journal_mode", {}, [&](const Row& row) { mode = row.text(0); }));
  if (mode == "wal") return connection;
  return fail(ErrorCode::unsupported, "{}: the file system cannot carry a write-ahead log", file);
}

Connection::~Connection() = default;

std::unexpected<Error> Connection::failure(int result, std::string_view sql) {
  const ErrorCode code = code_of(result, handle_.get());
  Error error{code, sqlite3_errmsg(handle_.get()), file_,
              code == ErrorCode::unavailable || code == ErrorCode::disk_full};
  if (code == ErrorCode::internal && !sql.empty()) {
    error.message += fmt::format(" in \"{}\"", sql.substr(0, 200));
  }
  if (is_stores_own(code)) health_ = std::unexpected(error);
  return std::unexpected(std::move(error));
}

Result<Connection::Prepared> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  Prepared prepared{std::unique_ptr<sqlite3_stmt, Finalize>(statement)};
  if (result != SQLITE_OK) return failure(result, sql);
  if (statement == nullptr) return fail(ErrorCode::internal, "an empty statement");
  prepared.reads_only = sqlite3_stmt_readonly(statement) != 0;
  return prepared;
}

Result<Connection::Prepared*> Connection::prepared(std::string_view sql) {
  if (auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  if (statements_.size() >= kMaxStatements) {
    std::erase_if(statements_, [](const auto& entry) { return !entry.second.in_use; });
  }
  Prepared made = TRY(prepare(sql));
  return &statements_.emplace(sql, std::move(made)).first->second;
}

Status Connection::step_through(Prepared& prepared, std::string_view sql, Parameters parameters,
                                const OnRow* on_row) {
  sqlite3_stmt* statement = prepared.statement.get();
  if (sqlite3_bind_parameter_count(statement) != static_cast<int>(parameters.size())) {
    return fail(ErrorCode::internal, "{} parameters given for \"{}\"", parameters.size(), sql);
  }
  int place = 0;
  int result = SQLITE_OK;
  for (const Parameter& parameter : parameters) {
    result = bind(statement, ++place, parameter);
    if (result != SQLITE_OK) return failure(result, sql);
  }
  prepared.in_use = true;
  const StatementRow row(statement);
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    if (on_row != nullptr) (*on_row)(row);
  }
  Status status;
  if (result != SQLITE_DONE) {
    status = failure(result, sql);
  } else if (!prepared.reads_only) {
    ++writes_;
  }
  sqlite3_reset(statement);
  prepared.in_use = false;
  return status;
}

Status Connection::run(std::string_view sql, Parameters parameters, const OnRow* on_row) {
  Prepared* cached = TRY(prepared(sql));
  if (!cached->in_use) return step_through(*cached, sql, parameters, on_row);
  // The same statement from inside its own on_row.
  Prepared another = TRY(prepare(sql));
  return step_through(another, sql, parameters, on_row);
}

Status Connection::query(Sql sql, Parameters parameters, const OnRow& on_row) {
  return run(sql.sqlite, parameters, &on_row);
}

Result<std::int64_t> Connection::execute(Sql sql, Parameters parameters) {
  const auto before = sqlite3_total_changes64(handle_.get());
  TRY_STATUS(run(sql.sqlite, parameters, nullptr));
  // sqlite3_changes tells of the last statement that changes rows, which this need not be.
  if (sqlite3_total_changes64(handle_.get()) == before) return 0;
  return sqlite3_changes64(handle_.get());
}

Status Connection::post(Sql sql, Parameters parameters) {
  return run(sql.sqlite, parameters, nullptr);
}

Status Connection::run_script(const std::string& script) {
  const int result = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return failure(result, script);
  ++writes_;
  return {};
}

Status Connection::begin_writing() {
  health_ = {};
  return run("BEGIN IMMEDIATE", {}, nullptr);
}
Status Connection::begin_reading() { return run("BEGIN", {}, nullptr); }
Status Connection::commit() { return run("COMMIT", {}, nullptr); }

void Connection::roll_back() {
  if (!in_transaction()) return;
  const Status before = health_;
  const Status rolled_back = run("ROLLBACK", {}, nullptr);
  // ROLLBACK of SQLite fails only when there is nothing to roll back.
  CHECK(rolled_back || !in_transaction());
  health_ = before;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

}  // namespace nocturn::store::sqlite
