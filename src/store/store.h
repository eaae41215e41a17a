#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/text.h"

// The database seam. SQLite in the data folder or PostgreSQL behind the same interface; domain
// code sees statements and rows, never a driver. SQL is the subset that both understand, with
// `?` for parameters; where they must differ, a Sql carries both texts. Time is INTEGER
// microseconds since 1970 UTC; SQL never asks for now.
namespace nocturn::store {

enum class Backend { sqlite, postgresql };

// One statement's text. Implicit from a literal when both backends take the same words.
struct Sql {
  std::string_view sqlite;
  std::string_view postgresql;
  constexpr Sql(const char* both) : sqlite(both), postgresql(both) {}
  constexpr Sql(const char* for_sqlite, const char* for_postgresql)
      : sqlite(for_sqlite), postgresql(for_postgresql) {}
};

// A parameter. Views are only read during the call.
using Parameter = std::variant<std::monostate, std::int64_t, double, std::string_view,
                               std::span<const std::uint8_t>>;
using Parameters = std::initializer_list<Parameter>;

// The row under the cursor; views are valid until the next row. Column numbers start at 0. A
// column read as another type than the statement yields (or read though it is null) is a broken
// invariant; only real() also reads integers.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::span<const std::uint8_t> bytes(int column) const = 0;
};

using OnRow = std::function<void(const Row&)>;

// Reads one consistent snapshot of what is committed. Used by one thread, for the length of the
// call it was handed to.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Status query(Sql sql, Parameters parameters, const OnRow& on_row) = 0;
  // The first row turned into a value by `read`, or nothing when there is no row.
  template <class Read>
  auto first(Sql sql, Parameters parameters, Read read)
      -> Result<std::optional<std::decay_t<std::invoke_result_t<Read, const Row&>>>> {
    std::optional<std::decay_t<std::invoke_result_t<Read, const Row&>>> found;
    TRY_STATUS(query(sql, parameters, [&](const Row& row) {
      if (!found) found = read(row);
    }));
    return found;
  }
};

// What the writer hands to a job: sees its own writes and those of jobs before it in the group.
class Transaction : public Reader {
 public:
  // Returns the number of rows changed.
  virtual Result<std::int64_t> execute(Sql sql, Parameters parameters) = 0;
  // As execute, when nobody needs the number: PostgreSQL then sends it along with what follows
  // instead of waiting for the answer. A failure may show itself only at a later statement of the
  // job, or at the commit; either way the job fails, and no other.
  virtual Status post(Sql sql, Parameters parameters) = 0;
  // What the job deletes or overwrites shall soon be in no file: SQLite keeps it in its write-ahead
  // log, which is emptied within seconds after the commit, as soon as no reader needs it. On
  // PostgreSQL nothing: old rows go with its next vacuum, its log as the server is configured.
  virtual void leave_no_traces() {}
};

// A step of a module's schema. Written once for both backends: the type words INTEGER, REAL,
// TEXT, BLOB and the table option STRICT, which every table has, are turned into PostgreSQL's
// BIGINT, DOUBLE PRECISION, TEXT COLLATE "C" and BYTEA; so order and range of values agree.
struct Migration {
  int number;                              // 1, 2, 3 … within its module, without gaps
  std::string_view name;                   // one word or two, for the log
  Sql sql;                                 // several statements, separated by ';'
  Status (*then)(Transaction&) = nullptr;  // what SQL cannot say, in the same transaction
};
struct ModuleMigrations {
  std::string_view module;
  std::span<const Migration> migrations;
};

// One database, open for reading by many threads and for writing by its Writer alone.
class Database {
 public:
  // `place` is a file name (SQLite: WAL, synchronous=FULL, one process at a time; the file is
  // made if absent) or a postgresql:// URL. Takes an exclusive lock on the database so that two
  // hubs never write to one; answers `conflict` when somebody else has it.
  static Result<std::unique_ptr<Database>> open(const std::string& place);
  virtual ~Database() = default;

  virtual Backend backend() const = 0;
  // Brings the schema up to date, module by module in the given order, in one transaction: all of
  // it or nothing. Refuses with `conflict` a database that has a migration which this program lacks
  // or whose text changed. To be called before a Writer is made.
  Status migrate(std::span<const ModuleMigrations> modules);
  // For who must not change it: `conflict` unless migrate() would find nothing to do.
  Status check_schema(std::span<const ModuleMigrations> modules);
  // Runs `work` on a snapshot, on the calling thread, with a connection from a bounded pool; waits
  // for one if all are in use, so reads must not be nested.
  virtual Status read(const std::function<Status(Reader&)>& work) = 0;

 private:
  friend class Writer;
  // For the Writer and migrate() only, from one thread.
  virtual Status begin() = 0;
  virtual Transaction& transaction() = 0;
  // Makes what was done since begin() durable. When it fails, roll_back() must follow.
  virtual Status commit() = 0;
  virtual void roll_back() = 0;
  // From here on touched() tells about the next job.
  virtual void mark() = 0;
  // Whether the job since mark() left something behind that only roll_back() removes.
  virtual bool touched() const = 0;
  // The failure of the store itself since begin(), for which no job is to blame: a full disk, a
  // lost connection, a corrupt file.
  virtual Status health() const = 0;
  // Called between groups: SQLite moves the write-ahead log into the database.
  virtual void tend() = 0;
  // Runs several statements separated by ';', inside the open transaction.
  virtual Status run_script(std::string_view script) = 0;
};

}  // namespace nocturn::store
