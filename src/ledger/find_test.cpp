#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "ledger/ledger.h"
#include "ledger/records.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kEntries = 200;

class FindTest : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"ledger", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    store::Writer writer(*database_);
    SeededRandom random(7);
    ASSERT_TRUE(writer.run([&](store::Transaction& transaction) -> Status {
      for (std::uint64_t i = 0; i < kEntries; ++i) {
        Entry entry;
        entry.index = i;
        entry.time = WallTime(Micros(1'000'000 * i));
        entry.id = std::to_string(i);
        entry.event = {fmt::format("test.type{}", random.below(3)),
                       fmt::format("thing/{}", random.below(4)), "{}"};
        TRY_STATUS(records::insert(transaction, entry, {.sequence = i + 1}));
        all_.push_back(std::move(entry));
      }
      return {};
    }));
  }

  std::vector<std::uint64_t> found(const EntryQuery& query) {
    std::vector<std::uint64_t> numbers;
    const Status read = database_->read([&](store::Reader& reader) {
      return records::find(reader, query, [&](const Entry& entry) -> Status {
        numbers.push_back(entry.index);
        return {};
      });
    });
    EXPECT_TRUE(read) << read.error().text();
    return numbers;
  }

  // The dumber second implementation.
  std::vector<std::uint64_t> expected(const EntryQuery& query) const {
    std::vector<std::uint64_t> numbers;
    for (const Entry& entry : all_) {
      if (!query.type.empty() && entry.event.type != query.type) continue;
      if (!query.object.empty() && entry.event.object != query.object) continue;
      if (query.from && entry.index < *query.from) continue;
      if (query.before && entry.index >= *query.before) continue;
      numbers.push_back(entry.index);
    }
    if (!query.from) std::ranges::reverse(numbers);
    if (numbers.size() > query.limit) numbers.resize(query.limit);
    return numbers;
  }

  std::vector<Entry> all_;
};

TEST_P(FindTest, lists_the_newest_first_unless_told_where_to_begin) {
  EXPECT_EQ(found({.limit = 3}), (std::vector<std::uint64_t>{199, 198, 197}));
  EXPECT_EQ(found({.before = 5, .limit = 3}), (std::vector<std::uint64_t>{4, 3, 2}));
  EXPECT_EQ(found({.from = 5, .limit = 3}), (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_TRUE(found({.from = kEntries, .limit = 3}).empty());
}

TEST_P(FindTest, filters_as_reading_everything_would) {
  SeededRandom random(11);
  for (int round = 0; round < 100; ++round) {
    EntryQuery query;
    if (random.below(2) == 0) query.type = fmt::format("test.type{}", random.below(4));
    if (random.below(2) == 0) query.object = fmt::format("thing/{}", random.below(5));
    const std::uint64_t number = random.below(kEntries + 20);
    if (random.below(3) == 0) {
      query.from = number;
    } else if (random.below(2) == 0) {
      query.before = number;
    }
    query.limit = 1 + random.below(40);
    EXPECT_EQ(found(query), expected(query)) << query.type << " " << query.object;
  }
}

TEST_P(FindTest, takes_the_index_for_an_object_however_long_the_ledger_is) {
  if (GetParam() != store::Backend::sqlite) GTEST_SKIP() << "PostgreSQL plans by its statistics";
  std::string plan;
  ASSERT_TRUE(database_->read([&](store::Reader& reader) {
    return reader.query(
        "EXPLAIN QUERY PLAN SELECT position FROM ledger_entries WHERE position >= ? AND "
        "position < ? AND object = ? ORDER BY position DESC LIMIT ?",
        {0, 100, std::string_view("thing/1"), 10},
        [&](const store::Row& row) { plan += row.text(3); });
  }));
  EXPECT_TRUE(plan.contains("ledger_entries_by_object")) << plan;
}

INSTANTIATE_TEST_SUITE_P(Backends, FindTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::ledger
