#include "ledger/packing.h"

#include <vector>

#include <gtest/gtest.h>

#include "ledger/envelope.h"
#include "ledger/records.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kEntries = 2'500;  // more than are read at once
constexpr std::uint64_t kErased = 700;

using PackingTest = store::ContractTest;

// As the ledger wrote rows before there were batches: one for each entry, three of a time.
Status insert_single(store::Transaction& transaction, std::uint64_t index) {
  const bool erased = index == kErased;
  const Bytes subject(16, 5), salt(32, static_cast<std::uint8_t>(index));
  const std::string id = fmt::format("id-{}", index), payload = fmt::format("{{\"n\":{}}}", index);
  const auto when = static_cast<std::int64_t>(1'000'000 * (index / 3));
  return transaction.post(
      "INSERT INTO ledger_entries (position, time, id, type, object, subject, sequence, form, "
      "sensitivity, payload, salt, leaf) VALUES (?, ?, ?, 'test.done', ?, ?, ?, 2, 1, ?, ?, ?)",
      {static_cast<std::int64_t>(index), when, std::string_view(id),
       erased ? std::string_view("thing") : std::string_view("thing/1"),
       std::span<const std::uint8_t>(subject), static_cast<std::int64_t>(index + 1),
       erased ? store::Parameter() : std::string_view(payload),
       erased ? store::Parameter() : std::span<const std::uint8_t>(salt),
       erased ? std::string_view("the leaf it had") : store::Parameter()});
}

void expect_single(const Stored& entry, std::uint64_t index) {
  EXPECT_EQ(entry.index, index);
  EXPECT_EQ(entry.time.time_since_epoch().count(), 1'000'000 * static_cast<int>(index / 3));
  EXPECT_EQ(entry.id, fmt::format("id-{}", index));
  EXPECT_EQ(entry.type, "test.done");
  EXPECT_EQ(entry.sequence, index + 1);
  EXPECT_EQ(entry.form, 2U);
  EXPECT_EQ(entry.sensitivity, Sensitivity::internal);
  EXPECT_EQ(as_text(entry.subject), std::string(16, 5));
  EXPECT_EQ(entry.erased, index == kErased);
  if (entry.erased) {
    EXPECT_EQ(entry.object, "thing");
    EXPECT_EQ(records::leaf_of(entry), "the leaf it had");
  } else {
    EXPECT_EQ(entry.object, "thing/1");
    EXPECT_EQ(entry.payload, fmt::format("{{\"n\":{}}}", index));
    EXPECT_EQ(as_text(entry.salt), std::string(32, static_cast<char>(index)));
  }
}

TEST_P(PackingTest, keeps_every_entry_that_had_a_row_of_its_own) {
  const store::ModuleMigrations before[] = {{"ledger", migrations().first(3)}};
  ASSERT_TRUE(database_->migrate(before));
  {
    store::Writer writer(*database_);
    ASSERT_TRUE(writer.run([&](store::Transaction& transaction) -> Status {
      for (std::uint64_t i = 0; i < kEntries; ++i) TRY_STATUS(insert_single(transaction, i));
      return {};
    }));
  }
  const store::ModuleMigrations now[] = {{"ledger", migrations()}};
  const Status migrated = database_->migrate(now);
  ASSERT_TRUE(migrated) << migrated.error().text();
  ASSERT_TRUE(database_->read([&](store::Reader& reader) -> Status {
    EXPECT_EQ(TRY(records::end(reader)).size, kEntries);
    std::uint64_t index = 0;
    TRY_STATUS(records::stored(reader, 0, kEntries, [&](const Stored& entry) -> Status {
      expect_single(entry, index++);
      return {};
    }));
    EXPECT_EQ(index, kEntries);
    return {};
  }));
}

TEST_P(PackingTest, leaves_a_database_alone_that_lacks_an_entry) {
  const store::ModuleMigrations before[] = {{"ledger", migrations().first(3)}};
  ASSERT_TRUE(database_->migrate(before));
  {
    store::Writer writer(*database_);
    ASSERT_TRUE(writer.run([&](store::Transaction& transaction) -> Status {
      TRY_STATUS(insert_single(transaction, 0));
      return insert_single(transaction, 2);
    }));
  }
  const store::ModuleMigrations now[] = {{"ledger", migrations()}};
  const Status migrated = database_->migrate(now);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(database_->migrate(before));
}

INSTANTIATE_TEST_SUITE_P(Backends, PackingTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::ledger
