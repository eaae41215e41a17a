#include "app/replay.h"

#include <gtest/gtest.h>

#include "app/appliers.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::app {
namespace {

// A hub's database without entries, into which rows are written past the ledger.
class Replay : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    ASSERT_TRUE(database_->migrate(module_migrations()));
  }

  ReplayReport replay_with(store::Sql row) {
    {
      store::Writer writer(*database_);
      const Status written =
          writer.run([&](store::Transaction& transaction) { return transaction.post(row, {}); });
      EXPECT_TRUE(written) << written.error().text();
    }
    database_.reset();
    auto report = replay(place_);
    EXPECT_TRUE(report) << report.error().text();
    return report.value_or(ReplayReport());
  }
};

TEST_P(Replay, tells_of_a_row_that_no_entry_made) {
  const auto report = replay_with(
      "INSERT INTO notifications_quarantine (recipient, because, since) "
      "VALUES ('r', 'bounced', 1)");
  ASSERT_EQ(report.differences.size(), 1U);
  EXPECT_TRUE(report.differences[0].starts_with("notifications_quarantine: stored, but not in"))
      << report.differences[0];
}

TEST_P(Replay, expects_no_entry_of_a_delivery_that_was_tried_in_vain) {
  const auto report = replay_with(
      "INSERT INTO notifications_tries (delivery, tries, said) VALUES (7, 2, 'try later')");
  EXPECT_TRUE(report.differences.empty()) << report.differences[0];
}

INSTANTIATE_TEST_SUITE_P(Stores, Replay,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::app
