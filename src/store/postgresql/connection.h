#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/store.h"

struct pg_conn;
struct pg_result;

namespace nocturn::store::postgresql {

class Bindings;

// One session with the server, in libpq's pipeline mode (manual, 34.5): statements are sent
// without waiting, and answers are collected, in order, when somebody needs one. Connects again
// by itself at the start of a transaction. Used by one thread at a time.
class Connection final : public Transaction {
 public:
  enum class Use { writing, reading };

  // A writing session holds the hub's lock on the database; `conflict` when another one does.
  static Result<std::unique_ptr<Connection>> open(const std::string& url, Use use);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status query(Sql sql, Parameters parameters, const OnRow& on_row) override;
  Result<std::int64_t> execute(Sql sql, Parameters parameters) override;
  Status post(Sql sql, Parameters parameters) override;

  // Statements without parameters, separated by ';', in the schema language of store.h.
  Status run_script(std::string_view script);
  Status begin();
  Status commit();
  // Ends the transaction whatever its state.
  void roll_back();

  // Statements that may have changed something since the connection was opened.
  std::uint64_t writes() const { return writes_; }
  // A statement failed: PostgreSQL takes nothing more until roll_back().
  bool aborted() const { return aborted_.has_value(); }
  // The last failure that is the store's own, not the statement's; reset by begin().
  const Status& health() const { return health_; }

 private:
  struct CloseHandle {
    void operator()(pg_conn* handle) const;
  };
  struct ClearResult {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, ClearResult>;

  // What was sent and not answered yet.
  struct Sent {
    enum class Kind { prepare, statement, synchronise } kind;
    std::string name;  // of the statement being prepared
  };
  // One text may be prepared several times, for parameters of different types.
  struct Prepared {
    std::string signature;
    std::string name;
  };

  Connection(std::string url, Use use) : url_(std::move(url)), use_(use) {}
  Status connect();
  Status take_hub_lock();
  Status start_transaction();
  Result<std::string> prepare(std::string_view sql, const Bindings& bindings);
  void forget(std::string_view prepared_name);
  Status send(std::string_view sql, Parameters parameters);
  Status send_plain(const char* sql);
  Status send_synchronise();
  // Collects every answer that is due; yields the last statement's.
  Result<Answer> collect();
  Result<Answer> collect_one(const Sent& sent);
  Status wait_for_answer();
  Status abort_with(Error error);
  std::unexpected<Error> lost(std::string_view what);
  Error error_of(const pg_result* answer) const;

  std::string url_;
  Use use_;
  std::unique_ptr<pg_conn, CloseHandle> handle_;
  std::unordered_map<std::string, std::vector<Prepared>> statements_;
  std::uint64_t names_given_ = 0;
  std::deque<Sent> sent_;
  bool open_ = false;  // a transaction
  std::optional<Error> aborted_;
  std::uint64_t writes_ = 0;
  Status health_;
};

}  // namespace nocturn::store::postgresql
