#include <gmock/gmock.h>

#include "store/schema.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::store {
namespace {

using ::testing::ElementsAre;

class Migrations : public ContractTest {
 protected:
  Status bring_up(std::vector<Migration> migrations) {
    const ModuleMigrations modules[] = {{"bells", migrations}};
    return database_->migrate(modules);
  }
  std::vector<std::string> schema() {
    const auto columns = describe_schema(*database_);
    EXPECT_TRUE(columns) << columns.error().text();
    std::vector<std::string> ours;
    for (const std::string& column : *columns) {
      if (!column.starts_with("store_")) ours.push_back(column);
    }
    return ours;
  }
};

constexpr Migration kTower{1, "tower", "CREATE TABLE tower (id INTEGER PRIMARY KEY) STRICT"};
constexpr Migration kBells{2, "bells",
                           "-- a comment; with a semicolon\n"
                           "CREATE TABLE bells (\n"
                           "  tower INTEGER NOT NULL REFERENCES tower (id),\n"
                           "  name TEXT NOT NULL DEFAULT 'great; one',\n"
                           "  weight REAL,\n"
                           "  mould BLOB,\n"
                           "  PRIMARY KEY (tower, name)\n"
                           ") STRICT, WITHOUT ROWID;\n"
                           "CREATE INDEX bells_by_weight ON bells (weight) WHERE weight > 1;"};

TEST_P(Migrations, make_the_same_tables_on_both_backends) {
  const Status done = bring_up({kTower, kBells});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_THAT(schema(), ElementsAre("bells.mould blob", "bells.name text not null key 2",
                                    "bells.tower integer not null key 1", "bells.weight real",
                                    "tower.id integer not null key 1"));
}

TEST_P(Migrations, keep_their_own_book_alike_on_both_backends) {
  ASSERT_TRUE(bring_up({}));
  const auto columns = describe_schema(*database_);
  ASSERT_TRUE(columns) << columns.error().text();
  EXPECT_THAT(*columns, ElementsAre("store_migrations.digest text not null",
                                    "store_migrations.module text not null key 1",
                                    "store_migrations.name text not null",
                                    "store_migrations.number integer not null key 2"));
}

TEST_P(Migrations, run_once_and_go_on_where_they_stopped) {
  ASSERT_TRUE(bring_up({kTower}));
  ASSERT_TRUE(bring_up({kTower}));
  reopen();
  const Status done = bring_up({kTower, kBells});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(schema().size(), 5u);
}

TEST_P(Migrations, refuse_a_text_that_was_changed_afterwards) {
  ASSERT_TRUE(bring_up({kTower}));
  const Status refused = bring_up(
      {{1, "tower", "CREATE TABLE tower (id INTEGER PRIMARY KEY, height INTEGER) STRICT"}, kBells});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().subject, "bells");
  EXPECT_EQ(schema().size(), 1u);
}

TEST_P(Migrations, refuse_a_database_newer_than_the_program) {
  ASSERT_TRUE(bring_up({kTower, kBells}));
  const Status refused = bring_up({kTower});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_P(Migrations, tell_without_changing_anything_whether_they_are_all_applied) {
  ASSERT_TRUE(bring_up({kTower}));
  const auto check = [&](std::vector<Migration> migrations) {
    const ModuleMigrations modules[] = {{"bells", migrations}};
    return database_->check_schema(modules);
  };
  EXPECT_TRUE(check({kTower}));
  for (const auto& others : {std::vector<Migration>{}, {kTower, kBells}}) {
    const Status refused = check(others);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(schema().size(), 1u);
}

TEST_P(Migrations, do_in_the_same_transaction_what_sql_cannot_say) {
  constexpr auto fill = [](Transaction& transaction) -> Status {
    return transaction.post("INSERT INTO tower (id) VALUES (7)", {});
  };
  constexpr auto fill_and_fail = [](Transaction& transaction) -> Status {
    TRY_STATUS(transaction.post("INSERT INTO tower (id) VALUES (8)", {}));
    return fail(ErrorCode::corrupt, "no");
  };
  const auto towers = [&] {
    std::vector<std::int64_t> ids;
    EXPECT_TRUE(database_->read([&](Reader& reader) {
      return reader.query("SELECT id FROM tower ORDER BY id", {},
                          [&](const Row& row) { ids.push_back(row.integer(0)); });
    }));
    return ids;
  };
  Migration filled = kTower, failing = kBells;
  filled.then = fill;
  failing.then = fill_and_fail;
  ASSERT_TRUE(bring_up({filled}));
  EXPECT_THAT(towers(), ElementsAre(7));
  EXPECT_EQ(bring_up({filled, failing}).error().code, ErrorCode::corrupt);
  EXPECT_THAT(towers(), ElementsAre(7));
  EXPECT_EQ(schema().size(), 1u);
}

TEST_P(Migrations, leave_nothing_of_a_module_whose_script_fails) {
  const Status failed =
      bring_up({kTower, {2, "typo", "CREATE TABLE a (x INTEGER) STRICT; CRATE b"}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::internal);
  EXPECT_THAT(schema(), ElementsAre());
  EXPECT_TRUE(bring_up({kTower, kBells}));
}

TEST_P(Migrations, leave_nothing_of_the_modules_before_one_whose_script_fails) {
  const Migration good[] = {kTower, kBells};
  const Migration bad[] = {{1, "typo", "CRATE b"}};
  const ModuleMigrations modules[] = {{"bells", good}, {"choir", bad}};
  const Status failed = database_->migrate(modules);
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().subject.starts_with("choir: typo")) << failed.error().text();
  EXPECT_THAT(schema(), ElementsAre());
  EXPECT_TRUE(bring_up({kTower, kBells}));
}

TEST_P(Migrations, hold_foreign_keys) {
  ASSERT_TRUE(bring_up({kTower, kBells}));
  Writer writer(*database_);
  const Status orphan = writer.run([](Transaction& transaction) {
    return transaction.post("INSERT INTO bells (tower, name) VALUES (7, 'lost')", {});
  });
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().code, ErrorCode::conflict);
}

INSTANTIATE_TEST_SUITE_P(Backends, Migrations,
                         ::testing::Values(Backend::sqlite, Backend::postgresql), backend_name);

}  // namespace
}  // namespace nocturn::store
