#include "ledger/records.h"

#include <vector>

#include <gtest/gtest.h>

#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::ledger {
namespace {

// Ten batches of one, two, three … entries.
class RecordsTest : public store::ContractTest {
 protected:
  static constexpr std::uint64_t kEntries = 55;

  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"ledger", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    ASSERT_TRUE(write([](store::Transaction& transaction) -> Status {
      std::uint64_t next = 0;
      for (std::uint64_t count = 1; count <= 10; ++count) {
        Batch batch;
        while (batch.count() < count) {
          const std::string id = std::to_string(next + batch.count());
          batch.add({.id = id, .type = "test.done", .object = "thing/1", .payload = id});
        }
        TRY_STATUS(records::insert(transaction, next, WallTime(Micros(count)), batch));
        next += count;
      }
      return {};
    }));
  }

  Status write(const std::function<Status(store::Transaction&)>& work) {
    store::Writer writer(*database_);
    return writer.run([&](store::Transaction& transaction) { return work(transaction); });
  }

  Result<std::vector<std::uint64_t>> read(std::uint64_t from, std::uint64_t limit) {
    std::vector<std::uint64_t> found;
    TRY_STATUS(database_->read([&](store::Reader& reader) {
      return records::stored(reader, from, limit, [&](const Stored& entry) -> Status {
        EXPECT_EQ(entry.id, std::to_string(entry.index));
        found.push_back(entry.index);
        return {};
      });
    }));
    return found;
  }
};

TEST_P(RecordsTest, gives_any_range_whatever_batches_it_cuts) {
  for (std::uint64_t from = 0; from <= kEntries + 1; ++from)
    for (const std::uint64_t limit : {0, 1, 2, 7, 60}) {
      std::vector<std::uint64_t> expected;
      for (std::uint64_t i = from; i < std::min(from + limit, kEntries); ++i) expected.push_back(i);
      EXPECT_EQ(read(from, limit).value(), expected) << from << " " << limit;
    }
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(read(0, kMost).value().size(), kEntries);
  EXPECT_TRUE(read(kMost, kMost).value().empty());
}

TEST_P(RecordsTest, tells_of_a_batch_that_is_missing) {
  ASSERT_TRUE(write([](store::Transaction& transaction) {
    return transaction.post("DELETE FROM ledger_batches WHERE first = 10", {});
  }));
  EXPECT_EQ(read(0, 10).value().size(), 10U);
  EXPECT_EQ(read(15, 100).value().size(), 40U);
  for (const std::uint64_t from : {0, 9, 10, 12}) {
    const auto outcome = read(from, 20);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::corrupt);
    EXPECT_NE(outcome.error().message.find("is missing"), std::string::npos);
  }
}

TEST_P(RecordsTest, forgets_one_entry_and_keeps_those_beside_it) {
  std::string leaf_before;
  const auto look = [&](const std::function<void(const Stored&)>& on_entry) {
    EXPECT_TRUE(database_->read([&](store::Reader& reader) {
      return records::stored(reader, 10, 5, [&](const Stored& entry) -> Status {
        on_entry(entry);
        return {};
      });
    }));
  };
  look([&](const Stored& entry) {
    if (entry.index == 12) leaf_before = records::leaf_of(entry);
  });
  for (int again = 0; again < 2; ++again)
    ASSERT_TRUE(
        write([](store::Transaction& transaction) { return records::erase(transaction, 12); }));
  look([&](const Stored& entry) {
    EXPECT_EQ(entry.erased, entry.index == 12);
    EXPECT_EQ(entry.object, entry.index == 12 ? "thing" : "thing/1");
    EXPECT_EQ(entry.payload, entry.index == 12 ? "" : std::to_string(entry.index));
    if (entry.erased) {
      EXPECT_EQ(records::leaf_of(entry), leaf_before);
    }
  });
}

TEST_P(RecordsTest, does_not_forget_what_was_never_there) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t index : {kEntries, kMost / 2, kMost / 2 + 1, kMost}) {
    const Status outcome =
        write([&](store::Transaction& transaction) { return records::erase(transaction, index); });
    ASSERT_FALSE(outcome) << index;
    EXPECT_EQ(outcome.error().code, ErrorCode::not_found);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, RecordsTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::ledger
