#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "ledger/finding.h"
#include "ledger/ledger.h"
#include "ledger/records.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kEntries = 3'000;  // eleven full tiles and some more

class FindTest : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"ledger", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    store::Writer writer(*database_);
    SeededRandom random(7);
    ASSERT_TRUE(writer.run([&](store::Transaction& transaction) -> Status {
      Batch batch;
      for (std::uint64_t i = 0; i < kEntries; ++i) {
        Entry entry;
        entry.index = i;
        entry.time = WallTime(Micros(1'000'000 * i));
        entry.id = std::to_string(i);
        // Four objects that are in each tile, ten that are in few.
        const std::uint64_t kind = random.below(1'000);
        entry.event = {fmt::format("test.type{}", kind < 990 ? kind % 2 : kind % 3),
                       fmt::format("thing/{}", kind < 990 ? kind % 4 : kind), "{}"};
        batch.add({.id = entry.id,
                   .type = entry.event.type,
                   .object = entry.event.object,
                   .sequence = i + 1,
                   .payload = entry.event.payload});
        // Batches of one to seven entries, so that tiles begin and end within some.
        if (random.below(7) == 0 || i % 7 == 6 || i == 699 || i == 2'899 || i + 1 == kEntries) {
          TRY_STATUS(records::insert(transaction, i + 1 - batch.count(), entry.time, batch));
          batch.clear();
        }
        all_.push_back(std::move(entry));
        if (i == 699 || i == 2'899) TRY_STATUS(records::note_contents(transaction, i + 1));
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
  EXPECT_EQ(found({.limit = 3}), (std::vector<std::uint64_t>{2999, 2998, 2997}));
  EXPECT_EQ(found({.before = 5, .limit = 3}), (std::vector<std::uint64_t>{4, 3, 2}));
  EXPECT_EQ(found({.from = 5, .limit = 3}), (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_TRUE(found({.from = kEntries, .limit = 3}).empty());
}

TEST_P(FindTest, filters_as_reading_everything_would) {
  SeededRandom random(11);
  for (int round = 0; round < 300; ++round) {
    EntryQuery query;
    if (random.below(2) == 0) query.type = fmt::format("test.type{}", random.below(4));
    if (random.below(2) == 0)
      query.object =
          fmt::format("thing/{}", random.below(2) == 0 ? random.below(4) : 990 + random.below(12));
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

TEST_P(FindTest, takes_a_name_as_it_is_and_not_as_a_pattern) {
  for (const char* odd :
       {"%", "thing/%", "thing/_", "\\", "thing/\\", "thing/1\nthing/2", "THING/1"})
    EXPECT_TRUE(found({.object = odd}).empty()) << odd;
}

TEST_P(FindTest, forgets_the_name_of_an_erased_object) {
  const std::uint64_t erased = 300;
  const std::string object = all_[erased].event.object;
  store::Writer writer(*database_);
  ASSERT_TRUE(writer.run([&](store::Transaction& transaction) -> Status {
    for (const Entry& entry : all_)
      if (entry.index / 256 == erased / 256 && entry.event.object == object)
        TRY_STATUS(records::erase(transaction, entry.index));
    return {};
  }));
  for (Entry& entry : all_)
    if (entry.index / 256 == erased / 256 && entry.event.object == object)
      entry.event.object = "thing";
  for (const char* name : {"thing", object.c_str()}) {
    const EntryQuery query{.object = name, .limit = 5'000};
    EXPECT_EQ(found(query), expected(query));
  }
  ASSERT_TRUE(database_->read([&](store::Reader& reader) {
    return reader.query("SELECT objects FROM ledger_contents WHERE tile = 1", {},
                        [&](const store::Row& row) {
                          EXPECT_FALSE(row.text(0).contains("\n" + object + "\n"));
                          EXPECT_TRUE(row.text(0).contains("\nthing\n"));
                        });
  }));
}

INSTANTIATE_TEST_SUITE_P(Backends, FindTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::ledger
