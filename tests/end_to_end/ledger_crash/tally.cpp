#include "end_to_end/ledger_crash/tally.h"

#include <fmt/format.h>

namespace nocturn::testing {
namespace {

constexpr store::Migration kTallyMigrations[] = {
    {1, "tally",
     "CREATE TABLE tally (object TEXT PRIMARY KEY, entries INTEGER NOT NULL,"
     " last INTEGER NOT NULL) STRICT"}};

Status count(store::Transaction& transaction, const ledger::Entry& entry) {
  const auto index = static_cast<std::int64_t>(entry.index);
  TRY(
      transaction.execute("INSERT INTO tally (object, entries, last) VALUES (?, 1, ?)"
                          " ON CONFLICT (object) DO UPDATE"
                          " SET entries = tally.entries + 1, last = excluded.last",
                          {std::string_view(entry.event.object), index}));
  return {};
}

constexpr ledger::Applier kCounting[] = {{"test", count}};

Result<std::unique_ptr<store::Database>> open_database(const std::filesystem::path& file) {
  auto database = TRY(store::Database::open(file.string()));
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                             {"tally", kTallyMigrations}};
  TRY_STATUS(database->migrate(modules));
  return database;
}

}  // namespace

Result<TalliedLedger> TalliedLedger::open(const std::filesystem::path& folder) {
  TalliedLedger made{TRY(open_database(folder / "data.db")), std::make_unique<SystemClock>(),
                     std::make_unique<SystemRandom>(), nullptr};
  made.ledger = TRY(ledger::Ledger::open(*made.database,
                                         {.origin = "crash.example/ledger",
                                          .tiles = folder / "tiles",
                                          .key = folder / "key",
                                          .memory = folder / "memory",
                                          .appliers = kCounting},
                                         *made.clock, *made.random));
  return made;
}

ledger::Event event_of(int number) {
  const std::size_t padding = number % 50 == 0 ? 20'000 : number % 7;
  return {.type = number % 3 == 0 ? "test.one" : "test_other.two",
          .object = fmt::format("instance/i{}", number % 97),
          .payload =
              fmt::format(R"({{"number":{},"padding":"{}"}})", number, std::string(padding, 'x'))};
}

Result<std::string> tally(store::Database& database) {
  std::string rows;
  TRY_STATUS(database.read([&](store::Reader& reader) {
    return reader.query(
        "SELECT object, entries, last FROM tally ORDER BY object", {}, [&](const store::Row& row) {
          rows += fmt::format("{} {} {}\n", row.text(0), row.integer(1), row.integer(2));
        });
  }));
  return rows;
}

Result<std::string> replayed_tally(store::Database& from, const std::filesystem::path& scratch) {
  const auto fresh = TRY(open_database(scratch));
  TRY_STATUS(ledger::rebuild(from, *fresh, kCounting));
  return tally(*fresh);
}

}  // namespace nocturn::testing
