#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace nocturn::store::sqlite {

// One connection to the file, with its prepared statements. Used by one thread at a time.
class Connection final : public Transaction {
 public:
  struct Limits {
    bool read_only = false;
    bool gathers_log = false;  // see log_gathering.h
    std::int64_t cache_bytes = 0;
    std::int64_t mapped_bytes = 0;
  };
  static Result<std::unique_ptr<Connection>> open(const std::string& file, Limits limits);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status query(Sql sql, Parameters parameters, const OnRow& on_row) override;
  Result<std::int64_t> execute(Sql sql, Parameters parameters) override;
  Status post(Sql sql, Parameters parameters) override;
  void leave_no_traces() override { leaves_traces_ = false; }

  // Statements without parameters and rows, separated by ';'.
  Status run_script(const std::string& script);
  Status begin_writing();
  Status begin_reading();
  Status commit();
  // Ends the transaction whatever its state.
  void roll_back();

  // Whether SQLite still has the transaction open: it gives up by itself on a full disk.
  bool in_transaction() const;
  // Statements that changed something since the connection was opened.
  std::uint64_t writes() const { return writes_; }
  // Whether leave_no_traces() was called since the last time this was asked.
  bool shall_leave_no_traces() { return !std::exchange(leaves_traces_, true); }
  // The last failure that is the store's own, not the statement's; reset by begin_writing().
  const Status& health() const { return health_; }
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct CloseHandle {
    void operator()(sqlite3* handle) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, Finalize> statement;
    bool in_use = false;
    bool reads_only = false;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  explicit Connection(std::string file) : file_(std::move(file)) {}
  Result<Prepared> prepare(std::string_view sql);
  Result<Prepared*> prepared(std::string_view sql);
  Status run(std::string_view sql, Parameters parameters, const OnRow* on_row);
  Status step_through(Prepared& prepared, std::string_view sql, Parameters parameters,
                      const OnRow* on_row);
  std::unexpected<Error> failure(int result, std::string_view sql);

  std::string file_;
  std::unique_ptr<sqlite3, CloseHandle> handle_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  std::uint64_t writes_ = 0;
  bool leaves_traces_ = true;
  Status health_;
};

}  // namespace nocturn::store::sqlite
