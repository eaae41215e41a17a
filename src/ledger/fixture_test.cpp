#include "ledger/fixture_test.h"

namespace nocturn::ledger {
namespace {

constexpr store::Migration kCountingMigrations[] = {
    {1, "counts",
     "CREATE TABLE test_counts (object TEXT PRIMARY KEY, entries INTEGER NOT NULL) STRICT"}};

}  // namespace

Status count_entries(store::Transaction& transaction, const Entry& entry) {
  if (entry.event.payload == R"("refuse me")") return fail(ErrorCode::invalid, "will not apply");
  TRY_STATUS(
      transaction.execute("INSERT INTO test_counts (object, entries) VALUES (?, 1) "
                          "ON CONFLICT (object) DO UPDATE SET entries = test_counts.entries + 1",
                          {std::string_view(entry.event.object)}));
  return {};
}

Event event(int number) {
  return {.type = number % 3 == 0 ? "test.other" : "monitoring.verdict.changed",
          .object = fmt::format("instance/catalog-{:02}", number % 7),
          .payload = fmt::format(R"({{"number":{}}})", number)};
}

Decide just(std::vector<Event> events) {
  return [events = std::move(events)](store::Reader&, WallTime) -> Result<std::vector<Event>> {
    return events;
  };
}

LedgerTest::LedgerTest() {
  std::filesystem::create_directories(folder_ / "data");
  open();
}

Options LedgerTest::options() const {
  return {.origin = "log.example/ledger",
          .tiles = tiles(),
          .key = folder_ / "keys/ledger",
          .memory = memory(),
          .appliers = kCounting};
}

void LedgerTest::open() {
  close();
  database_ = open_database(database_file());
  auto opened = Ledger::open(*database_, options(), clock_, random_);
  ASSERT_TRUE(opened) << opened.error().text();
  ledger_ = std::move(*opened);
}

void LedgerTest::close() {
  ledger_.reset();
  database_.reset();
}

void LedgerTest::append(int count) {
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) events.push_back(event(appended_++));
  const auto recorded = ledger_->record(just(std::move(events)));
  ASSERT_TRUE(recorded) << recorded.error().text();
  const auto published = ledger_->publish();
  ASSERT_TRUE(published) << published.error().text();
}

std::unique_ptr<store::Database> open_database(const std::string& place) {
  auto database = store::Database::open(place);
  EXPECT_TRUE(database) << database.error().text();
  const store::ModuleMigrations modules[] = {{"ledger", migrations()},
                                             {"test", kCountingMigrations}};
  const Status migrated = (*database)->migrate(modules);
  EXPECT_TRUE(migrated) << migrated.error().text();
  return std::move(*database);
}

std::string counts(store::Database& database) {
  std::string all;
  const Status read = database.read([&](store::Reader& reader) {
    return reader.query(
        "SELECT object, entries FROM test_counts ORDER BY object", {},
        [&](const store::Row& row) { all += fmt::format("{}={}\n", row.text(0), row.integer(1)); });
  });
  EXPECT_TRUE(read);
  return all;
}

}  // namespace nocturn::ledger
