#include "app/replay.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "app/appliers.h"
#include "notifications/notifications.h"

namespace nocturn::app {
namespace {

constexpr std::size_t kMostDifferences = 100;

// A database of its own in a temporary folder, gone at the end.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make() {
    std::string name = std::filesystem::temp_directory_path() / "nocturn-replay-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      return fail(ErrorCode::unavailable, "no temporary folder can be made in {}", name);
    auto made = std::make_unique<Scratch>();
    made->folder_ = name;
    made->database_ = TRY(store::Database::open(name + "/replay.db"));
    TRY_STATUS(made->database_->migrate(module_migrations()));
    return made;
  }
  ~Scratch() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  store::Database& database() { return *database_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<store::Database> database_;
};

bool stands_beside_the_ledger(std::string_view table) {
  return std::ranges::find(notifications::kTablesBesideTheLedger, table) !=
         std::end(notifications::kTablesBesideTheLedger);
}

// The tables that appliers make: those named after their folders.
Result<std::vector<std::string>> derived_tables(store::Reader& reader) {
  std::vector<std::string> tables;
  TRY_STATUS(reader.query({"SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
                           "SELECT table_name FROM information_schema.tables "
                           "WHERE table_schema = current_schema() ORDER BY table_name"},
                          {}, [&](const store::Row& row) {
                            const std::string_view table = row.text(0);
                            if (stands_beside_the_ledger(table)) return;
                            for (const ledger::Applier& applier : appliers()) {
                              const std::string_view folder =
                                  applier.prefix.substr(0, applier.prefix.size() - 1);
                              if (table.starts_with(folder)) tables.emplace_back(table);
                            }
                          }));
  return tables;
}

// Every row as one text, in an order of its own, so that two databases can be compared.
Result<std::vector<std::string>> rows_of(store::Reader& reader, const std::string& table) {
  std::vector<std::string> columns;
  TRY_STATUS(reader.query({"SELECT name FROM pragma_table_info(?) ORDER BY name",
                           "SELECT column_name FROM information_schema.columns "
                           "WHERE table_schema = current_schema() AND table_name = ? "
                           "ORDER BY column_name"},
                          {std::string_view(table)},
                          [&](const store::Row& row) { columns.emplace_back(row.text(0)); }));
  // The names are our own migrations'; nothing from outside gets into this text.
  std::string line;
  for (const std::string& column : columns) {
    line += fmt::format("{}COALESCE(CAST({} AS TEXT), 'null')", line.empty() ? "" : " || ' ' || ",
                        column);
  }
  const std::string sql = fmt::format("SELECT {} FROM {}", line, table);
  std::vector<std::string> rows;
  TRY_STATUS(reader.query(sql.c_str(), {},
                          [&](const store::Row& row) { rows.emplace_back(row.text(0)); }));
  std::ranges::sort(rows);
  return rows;
}

void compare(const std::string& table, const std::vector<std::string>& stored,
             const std::vector<std::string>& replayed, ReplayReport& report) {
  const auto add = [&](std::string_view what, const std::vector<std::string>& rows) {
    for (const std::string& row : rows)
      if (report.differences.size() < kMostDifferences)
        report.differences.push_back(fmt::format("{}: {}: {}", table, what, row));
  };
  std::vector<std::string> only;
  std::ranges::set_difference(stored, replayed, std::back_inserter(only));
  add("stored, but not in the ledger", only);
  only.clear();
  std::ranges::set_difference(replayed, stored, std::back_inserter(only));
  add("in the ledger, but not stored", only);
}

}  // namespace

Result<ReplayReport> replay(const std::string& place) {
  const auto original = TRY(store::Database::open(place));
  TRY_STATUS(about(place, original->check_schema(module_migrations())));
  const auto scratch = TRY(Scratch::make());
  TRY_STATUS(ledger::rebuild(*original, scratch->database(), appliers()));
  ReplayReport report;
  TRY_STATUS(original->read([&](store::Reader& stored) -> Status {
    return scratch->database().read([&](store::Reader& replayed) -> Status {
      for (const std::string& table : TRY(derived_tables(stored))) {
        const auto rows = TRY(rows_of(stored, table));
        compare(table, rows, TRY(rows_of(replayed, table)), report);
        ++report.tables;
        report.rows += rows.size();
      }
      return {};
    });
  }));
  return report;
}

}  // namespace nocturn::app
