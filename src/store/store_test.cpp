#include <gmock/gmock.h>

#include <atomic>
#include <limits>
#include <set>

#include "base/text.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::store {
namespace {

using ::testing::ElementsAre;

class Store : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    const Status migrated = database_->migrate(kModules);
    ASSERT_TRUE(migrated) << migrated.error().text();
    writer_ = std::make_unique<Writer>(*database_);
  }
  Status write(Writer::Work work) { return writer_->run(std::move(work)); }
  Status add(std::int64_t id, std::string name) {
    return write([=](Transaction& transaction) -> Status {
      TRY(transaction.execute("INSERT INTO hours (id, name) VALUES (?, ?)", {id, name}));
      return {};
    });
  }
  std::vector<std::string> names() {
    std::vector<std::string> result;
    const Status read = database_->read([&](Reader& reader) {
      return reader.query("SELECT name FROM hours ORDER BY id", {},
                          [&](const Row& row) { result.emplace_back(row.text(0)); });
    });
    EXPECT_TRUE(read) << read.error().text();
    return result;
  }

  std::unique_ptr<Writer> writer_;
};

TEST_P(Store, gives_back_every_type_as_it_was_written) {
  const Bytes all_bytes = [] {
    Bytes bytes(256);
    for (int i = 0; i < 256; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    return bytes;
  }();
  const std::string text = "Vigilæ 'quoted' \"too\" ? -- /* \n אבג";
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  ASSERT_TRUE(write([&](Transaction& transaction) -> Status {
    EXPECT_EQ(TRY(transaction.execute("INSERT INTO hours (id, name, psalms, length)"
                                      " VALUES (?, ?, ?, ?)",
                                      {kLowest, text, all_bytes, 1.0 / 3})),
              1);
    TRY_STATUS(transaction.post("INSERT INTO hours (id, name, psalms, length) VALUES (?, ?, ?, ?)",
                                {2, std::string_view(), Bytes{}, 2.5}));
    return transaction.post("INSERT INTO hours (id, name, psalms, length) VALUES (?, ?, ?, ?)",
                            {3, {}, {}, {}});
  }));
  int rows = 0;
  const Status read = database_->read([&](Reader& reader) {
    return reader.query("SELECT id, name, psalms, length FROM hours ORDER BY id", {},
                        [&](const Row& row) {
                          ++rows;
                          if (row.integer(0) == kLowest) {
                            EXPECT_EQ(row.text(1), text);
                            EXPECT_EQ(as_text(row.bytes(2)), as_text(all_bytes));
                            EXPECT_EQ(row.real(3), 1.0 / 3);
                            EXPECT_FALSE(row.is_null(1));
                          } else if (row.integer(0) == 2) {
                            EXPECT_EQ(row.text(1), "");
                            EXPECT_EQ(row.bytes(2).size(), 0u);
                          } else {
                            for (int column : {1, 2, 3}) EXPECT_TRUE(row.is_null(column));
                          }
                        });
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(rows, 3);
}

TEST_P(Store, reads_sums_counts_and_averages) {
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(add(i * 3'000'000'000, std::to_string(i)));
  const Status read = database_->read([&](Reader& reader) {
    return reader.query("SELECT COUNT(*), SUM(id), AVG(id), MAX(name), SUM(-id) FROM hours", {},
                        [&](const Row& row) {
                          EXPECT_EQ(row.integer(0), 4);
                          EXPECT_EQ(row.integer(1), 30'000'000'000);
                          EXPECT_EQ(row.real(2), 7'500'000'000.0);
                          EXPECT_EQ(row.text(3), "4");
                          EXPECT_EQ(row.integer(4), -30'000'000'000);
                        });
  });
  ASSERT_TRUE(read) << read.error().text();
}

TEST_P(Store, counts_the_rows_that_were_changed) {
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(add(i, std::to_string(i)));
  ASSERT_TRUE(write([](Transaction& transaction) -> Status {
    EXPECT_EQ(TRY(transaction.execute("UPDATE hours SET length = ? WHERE id > ?", {1.0, 1})), 3);
    EXPECT_EQ(TRY(transaction.execute("UPDATE hours SET length = 2 WHERE id > 100", {})), 0);
    EXPECT_EQ(
        TRY(transaction.execute("INSERT INTO hours (id) VALUES (1) ON CONFLICT DO NOTHING", {})),
        0);
    EXPECT_EQ(TRY(transaction.execute("DELETE FROM hours", {})), 4);
    return {};
  }));
}

TEST_P(Store, answers_the_first_row_or_nothing) {
  ASSERT_TRUE(add(1, "matins"));
  const auto name_of = [&](std::int64_t id) {
    std::optional<std::string> name;
    EXPECT_TRUE(database_->read([&](Reader& reader) -> Status {
      name = TRY(reader.first("SELECT name FROM hours WHERE id = ?", {id},
                              [](const Row& row) { return std::string(row.text(0)); }));
      return {};
    }));
    return name;
  };
  EXPECT_EQ(name_of(1), "matins");
  EXPECT_EQ(name_of(2), std::nullopt);
}

TEST_P(Store, takes_a_statement_with_null_and_then_with_values) {
  const auto set_name = [&](Parameter name, Parameter length) {
    return write([=](Transaction& transaction) -> Status {
      TRY(
          transaction.execute("INSERT INTO hours (id, name, length) VALUES (1, ?, ?)"
                              " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                              " length = excluded.length",
                              {name, length}));
      return {};
    });
  };
  for (const Status& status :
       {set_name({}, 1.0), set_name("lauds", {}), set_name({}, {}), set_name("terce", 2.0)}) {
    EXPECT_TRUE(status) << status.error().text();
  }
  EXPECT_THAT(names(), ElementsAre("terce"));
}

TEST_P(Store, lets_a_statement_run_inside_its_own_rows) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(add(i, std::to_string(i)));
  std::string seen;
  const Status read = database_->read([&](Reader& reader) -> Status {
    const auto list = [&](const OnRow& on_row) {
      return reader.query("SELECT name FROM hours ORDER BY id", {}, on_row);
    };
    return list([&](const Row& outer) {
      seen += outer.text(0);
      EXPECT_TRUE(list([&](const Row& inner) { seen += inner.text(0); }));
      EXPECT_EQ(outer.text(0).size(), 1u);
    });
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(seen, "112321233123");
}

TEST_P(Store, reads_one_snapshot_while_others_write) {
  ASSERT_TRUE(add(1, "before"));
  const auto count = [](Reader& reader) {
    return reader.first("SELECT COUNT(*) FROM hours", {},
                        [](const Row& row) { return row.integer(0); });
  };
  const Status read = database_->read([&](Reader& reader) -> Status {
    EXPECT_EQ(TRY(count(reader)), 1);
    EXPECT_TRUE(add(2, "meanwhile"));
    EXPECT_EQ(TRY(count(reader)), 1);
    return {};
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(names().size(), 2u);
}

TEST_P(Store, refuses_to_write_through_a_reader) {
  const Status read = database_->read([&](Reader& reader) {
    return reader.query("INSERT INTO hours (id, name) VALUES (1, 'sly')", {}, [](const Row&) {});
  });
  EXPECT_FALSE(read);
  EXPECT_THAT(names(), ElementsAre());
}

TEST_P(Store, hands_the_readers_error_through_and_goes_on) {
  const Status read =
      database_->read([](Reader&) -> Status { return fail(ErrorCode::not_found, "no such hour"); });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::not_found);
  const Status wrong = database_->read(
      [](Reader& reader) { return reader.query("SELECT nonsense", {}, [](const Row&) {}); });
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::internal);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(names(), ElementsAre());
}

TEST_P(Store, says_conflict_when_a_constraint_is_broken) {
  ASSERT_TRUE(add(1, "prime"));
  const Status again = add(2, "prime");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST_P(Store, sorts_text_by_its_bytes) {
  int id = 0;
  for (const char* name : {"b", "B", "a", "é", "Z", "_", "10", "9"}) ASSERT_TRUE(add(++id, name));
  std::vector<std::string> sorted;
  ASSERT_TRUE(database_->read([&](Reader& reader) {
    return reader.query("SELECT name FROM hours ORDER BY name", {},
                        [&](const Row& row) { sorted.emplace_back(row.text(0)); });
  }));
  EXPECT_THAT(sorted, ElementsAre("10", "9", "B", "Z", "_", "a", "b", "é"));
}

TEST_P(Store, shares_its_connections_among_many_readers) {
  ASSERT_TRUE(add(1, "sext"));
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) right += names() == std::vector<std::string>{"sext"};
    });
  }
  threads.clear();
  EXPECT_EQ(right, 16 * 50);
}

TEST_P(Store, remembers_after_being_reopened) {
  ASSERT_TRUE(add(1, "none"));
  writer_.reset();
  reopen();
  ASSERT_TRUE(database_->migrate(kModules));
  EXPECT_THAT(names(), ElementsAre("none"));
}

TEST_P(Store, is_open_for_one_hub_only) {
  const auto second = Database::open(place_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  writer_.reset();
  reopen();
}

INSTANTIATE_TEST_SUITE_P(Backends, Store, ::testing::Values(Backend::sqlite, Backend::postgresql),
                         backend_name);

}  // namespace
}  // namespace nocturn::store
