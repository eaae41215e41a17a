#include "store/postgresql/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "store/postgresql/values.h"
#include "store/sql_text.h"

namespace nocturn::store::postgresql {
namespace {

constexpr const char* kConnectSeconds = "5";
// A server that says nothing at all for so long is taken for lost.
constexpr int kSilenceMillis = 60'000;
// Answers that may be outstanding before a sender collects them.
constexpr std::size_t kMaxSent = 4096;
constexpr std::size_t kMaxStatements = 256;
// The advisory lock that stands for "a hub writes here": "nocturn" in ASCII.
// Waits a little: the server may not have noticed yet that the last hub was killed.
constexpr const char* kTakeLock =
    "SET lock_timeout = '2s'; SELECT pg_advisory_lock(31084720384471662); SET lock_timeout = 0";
constexpr std::string_view kLockNotAvailable = "55P03";
// Asked-for durability must not depend on the server's defaults.
constexpr const char* kSettings =
    "SET TimeZone = 'UTC'; SET standard_conforming_strings = on;"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

// Whether a statement prepared for parameters of these types takes those.
bool fits(std::string_view prepared, std::string_view wanted) {
  if (prepared.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != '0' && wanted[i] != prepared[i]) return false;
  }
  return true;
}

bool is_stores_own(ErrorCode code) {
  return code == ErrorCode::disk_full || code == ErrorCode::unavailable ||
         code == ErrorCode::corrupt || code == ErrorCode::timeout;
}

// libpq ends its messages with newlines.
std::string one_line(std::string_view message) {
  std::string line(trim(message));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

void Connection::CloseHandle::operator()(pg_conn* handle) const { PQfinish(handle); }
void Connection::ClearResult::operator()(pg_result* result) const { PQclear(result); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& url, Use use) {
  std::unique_ptr<Connection> connection(new Connection(url, use));
  TRY_STATUS(connection->connect());
  return connection;
}

Connection::~Connection() = default;

Status Connection::connect() {
  sent_.clear();
  statements_.clear();
  open_ = false;
  aborted_.reset();
  // What the url says comes last and wins.
  const char* const keys[] = {"application_name", "connect_timeout", "client_encoding", "dbname",
                              nullptr};
  const char* const values[] = {"nocturn", kConnectSeconds, "UTF8", url_.c_str(), nullptr};
  handle_.reset(PQconnectdbParams(keys, values, 1));
  if (PQstatus(handle_.get()) != CONNECTION_OK) return lost("cannot connect");
  PQsetNoticeProcessor(handle_.get(), [](void*, const char*) {}, nullptr);
  const Answer set(PQexec(handle_.get(), kSettings));
  if (PQresultStatus(set.get()) != PGRES_TUPLES_OK) return lost("cannot prepare the session");
  if (use_ == Use::writing) TRY_STATUS(take_hub_lock());
  if (PQsetnonblocking(handle_.get(), 1) != 0 || PQenterPipelineMode(handle_.get()) != 1) {
    return lost("cannot start pipelining");
  }
  return {};
}

Status Connection::take_hub_lock() {
  const Answer answer(PQexec(handle_.get(), kTakeLock));
  if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) return {};
  const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
  if (state == nullptr || state != kLockNotAvailable) return lost("cannot take the hub's lock");
  handle_.reset();
  return fail(ErrorCode::conflict, "the database is in use by another hub");
}

std::unexpected<Error> Connection::lost(std::string_view what) {
  std::string why = handle_ ? one_line(PQerrorMessage(handle_.get())) : "not connected";
  Error error{ErrorCode::unavailable, fmt::format("{}: {}", what, why), {}, true};
  handle_.reset();
  open_ = false;
  health_ = std::unexpected(error);
  return std::unexpected(std::move(error));
}

Error Connection::error_of(const pg_result* answer) const {
  const char* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  const ErrorCode code = code_of_state(state == nullptr ? "" : state);
  return {code,
          one_line(primary != nullptr ? primary : PQresultErrorMessage(answer)),
          {},
          code == ErrorCode::unavailable || code == ErrorCode::disk_full};
}

Status Connection::abort_with(Error error) {
  if (is_stores_own(error.code)) health_ = std::unexpected(error);
  if (!aborted_) aborted_ = error;
  return std::unexpected(std::move(error));
}

Result<std::string> Connection::prepare(std::string_view sql, const Bindings& bindings) {
  if (const auto known = statements_.find(std::string(sql)); known != statements_.end()) {
    for (const Prepared& prepared : known->second) {
      if (fits(prepared.signature, bindings.signature())) return prepared.name;
    }
  } else if (statements_.size() >= kMaxStatements) {
    // Runs after everything sent so far, so that nothing in flight loses its statement.
    TRY_STATUS(send_plain("DEALLOCATE ALL"));
    statements_.clear();
  }
  std::string name = fmt::format("s{}", ++names_given_);
  if (PQsendPrepare(handle_.get(), name.c_str(), number_parameters(sql).c_str(), bindings.count(),
                    bindings.types()) != 1) {
    return lost("cannot send");
  }
  sent_.push_back({Sent::Kind::prepare, name});
  statements_[std::string(sql)].push_back({bindings.signature(), name});
  return name;
}

Status Connection::send_plain(const char* sql) {
  if (PQsendQueryParams(handle_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1) != 1) {
    return lost("cannot send");
  }
  sent_.push_back({Sent::Kind::statement, {}});
  return {};
}

void Connection::forget(std::string_view prepared_name) {
  for (auto& [sql, variants] : statements_) {
    std::erase_if(variants,
                  [&](const Prepared& prepared) { return prepared.name == prepared_name; });
  }
}

Status Connection::send(std::string_view sql, Parameters parameters) {
  if (aborted_) return std::unexpected(*aborted_);
  if (!handle_) return lost("cannot send");
  const Bindings bindings(parameters);
  const std::string name = TRY(prepare(sql, bindings));
  if (PQsendQueryPrepared(handle_.get(), name.c_str(), bindings.count(), bindings.values(),
                          bindings.lengths(), bindings.formats(), 1) != 1) {
    return lost("cannot send");
  }
  sent_.push_back({Sent::Kind::statement, {}});
  return {};
}

Status Connection::send_synchronise() {
  if (PQpipelineSync(handle_.get()) != 1) return lost("cannot send");
  sent_.push_back({Sent::Kind::synchronise, {}});
  return {};
}

Status Connection::wait_for_answer() {
  while (true) {
    const int unsent = PQflush(handle_.get());
    if (unsent < 0) return lost("connection lost");
    if (PQisBusy(handle_.get()) == 0) return {};
    pollfd watched{PQsocket(handle_.get()), POLLIN, 0};
    if (unsent > 0) watched.events |= POLLOUT;
    const int ready = ::poll(&watched, 1, kSilenceMillis);
    if (ready == 0) return lost("the server says nothing");
    if (ready > 0 && watched.revents != POLLOUT && PQconsumeInput(handle_.get()) != 1) {
      return lost("connection lost");
    }
  }
}

Result<Connection::Answer> Connection::collect_one(const Sent& sent) {
  Answer kept;
  while (true) {
    TRY_STATUS(wait_for_answer());
    Answer answer(PQgetResult(handle_.get()));
    // Null ends the answers to a statement; before the first it separates from the last one.
    if (!answer && kept) return kept;
    if (!answer) {
      if (PQstatus(handle_.get()) != CONNECTION_OK) return lost("connection lost");
      continue;
    }
    if (sent.kind == Sent::Kind::synchronise) {
      if (PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) return answer;
      continue;
    }
    kept = std::move(answer);
  }
}

Result<Connection::Answer> Connection::collect() {
  if (!handle_) return lost("cannot collect");
  Answer last;
  // Without it the server keeps answers back until it is asked to synchronise.
  if (!sent_.empty() && sent_.back().kind != Sent::Kind::synchronise &&
      PQsendFlushRequest(handle_.get()) != 1) {
    return lost("cannot send");
  }
  while (!sent_.empty()) {
    const Sent sent = std::move(sent_.front());
    sent_.pop_front();
    Answer answer = TRY(collect_one(sent));
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED) {
      if (sent.kind == Sent::Kind::prepare) forget(sent.name);
      if (status == PGRES_FATAL_ERROR) (void)abort_with(error_of(answer.get()));
    }
    if (sent.kind == Sent::Kind::statement) last = std::move(answer);
    // The server skips everything up to the next synchronisation.
    if (sent_.empty() && PQpipelineStatus(handle_.get()) == PQ_PIPELINE_ABORTED) {
      TRY_STATUS(send_synchronise());
    }
  }
  if (aborted_) return std::unexpected(*aborted_);
  return last;
}

Status Connection::query(Sql sql, Parameters parameters, const OnRow& on_row) {
  TRY_STATUS(send(sql.postgresql, parameters));
  const Answer answer = TRY(collect());
  if (!std::string_view(PQcmdStatus(answer.get())).starts_with("SELECT")) ++writes_;
  const int rows = PQntuples(answer.get());
  for (int row = 0; row < rows; ++row) on_row(ResultRow(answer.get(), row));
  return {};
}

Result<std::int64_t> Connection::execute(Sql sql, Parameters parameters) {
  ++writes_;
  TRY_STATUS(send(sql.postgresql, parameters));
  const Answer answer = TRY(collect());
  return std::strtoll(PQcmdTuples(answer.get()), nullptr, 10);
}

Status Connection::post(Sql sql, Parameters parameters) {
  ++writes_;
  TRY_STATUS(send(sql.postgresql, parameters));
  if (sent_.size() >= kMaxSent) TRY_STATUS(collect());
  return {};
}

Status Connection::run_script(std::string_view script) {
  ++writes_;
  const std::string translated = schema_for_postgresql(script);
  for (const std::string_view statement : split_statements(translated)) {
    if (aborted_) return std::unexpected(*aborted_);
    TRY_STATUS(send_plain(std::string(statement).c_str()));
    TRY_STATUS(collect());
  }
  return {};
}

Status Connection::start_transaction() {
  if (!handle_) TRY_STATUS(connect());
  TRY_STATUS(collect());  // the end of the transaction before
  open_ = true;
  TRY_STATUS(
      send(use_ == Use::writing ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {}));
  TRY_STATUS(collect());
  return {};
}

Status Connection::begin() {
  health_ = {};
  aborted_.reset();
  const bool was_connected = handle_ != nullptr;
  Status begun = start_transaction();
  if (!begun && was_connected) {
    // The server may have been restarted since the connection was last used.
    handle_.reset();
    health_ = {};
    begun = start_transaction();
  }
  if (!begun) health_ = begun;
  return begun;
}

Status Connection::commit() {
  TRY_STATUS(send("COMMIT", {}));
  TRY_STATUS(send_synchronise());
  auto answer = collect();
  if (!answer) {
    if (handle_) return std::unexpected(std::move(answer.error()));
    answer.error().message = "whether the commit was done is not known: " + answer.error().message;
    health_ = std::unexpected(answer.error());
    return health_;
  }
  // PostgreSQL answers ROLLBACK to the COMMIT of a transaction that has failed.
  if (std::string_view(PQcmdStatus(answer->get())) != "COMMIT") {
    return fail(ErrorCode::internal, "the transaction had failed before its commit");
  }
  open_ = false;
  return {};
}

void Connection::roll_back() {
  if (!handle_) return;
  const Status before = health_;
  // Answers still due may fail; that is what is being rolled back.
  (void)collect();
  aborted_.reset();
  if (open_ && handle_ && send("ROLLBACK", {}) && send_synchronise()) PQflush(handle_.get());
  open_ = false;
  if (!before) health_ = before;
}

}  // namespace nocturn::store::postgresql
