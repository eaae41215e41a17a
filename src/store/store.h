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
// column read as another type than the statement yields is a broken invariant.
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
};

struct Migration {
  int number;             // 1, 2, 3 … within its module, without gaps
  std::string_view name;  // one word or two, for the log
  Sql sql;                // several statements, separated by ';'
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
  // Brings the schema up to date, module by module in the given order, in one transaction each.
  // Refuses a database that has a migration which this program lacks or whose text changed.
  virtual Status migrate(std::span<const ModuleMigrations> modules) = 0;
  // Runs `work` on a snapshot, on the calling thread, with a connection from a bounded pool.
  virtual Status read(const std::function<Status(Reader&)>& work) = 0;

 private:
  friend class Writer;
  // For the Writer only, from its one thread.
  virtual Status begin() = 0;
  virtual Transaction& transaction() = 0;
  virtual Status commit() = 0;
  virtual void roll_back() = 0;
  // Called now and then between groups: SQLite moves the write-ahead log into the database.
  virtual void tend() = 0;
};

}  // namespace nocturn::store
