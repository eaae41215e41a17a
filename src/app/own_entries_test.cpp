#include "app/own_entries.h"

#include <gtest/gtest.h>

#include "app/appliers.h"
#include "base/random.h"
#include "monitoring/monitoring.h"
#include "store/writer.h"
#include "support/sample_ledger.h"
#include "support/store_contract.h"

namespace nocturn::app {
namespace {

using std::chrono::minutes;

class OwnEntries : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    ASSERT_TRUE(database_->migrate(module_migrations()));
    auto opened = ledger::Ledger::open(*database_, testing::sample_ledger(folder_, appliers()),
                                       clock_, random_);
    ASSERT_TRUE(opened) << opened.error().text();
    ledger_ = std::move(*opened);
  }
  void TearDown() override { ledger_.reset(); }

  void note() {
    note_watch(*ledger_, clock_.wall());
    ASSERT_TRUE(ledger_->writer().run([](store::Transaction&) -> Status { return {}; }));
  }
  void record() {
    ASSERT_TRUE(record_pause(*ledger_, clock_.wall() - minutes(5), clock_.wall()));
    ASSERT_TRUE(ledger_->publish());
  }
  std::optional<WallTime> last() {
    const auto last = last_watched(*ledger_, *database_, clock_.wall());
    EXPECT_TRUE(last) << last.error().text();
    return last.value_or(std::nullopt);
  }

  VirtualClock clock_;
  SystemRandom random_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

TEST_P(OwnEntries, say_until_when_a_hub_watched_also_where_nothing_was_worth_an_entry) {
  EXPECT_EQ(last(), std::nullopt);
  record();
  const WallTime recorded = clock_.wall();
  clock_.advance(minutes(7));
  EXPECT_EQ(last(), recorded);
  const std::uint64_t size = ledger_->checkpoint().size;
  note();
  const WallTime noted = clock_.wall();
  clock_.advance(minutes(1));
  EXPECT_EQ(last(), noted);
  EXPECT_EQ(ledger_->checkpoint().size, size) << "it made no entry";

  ASSERT_TRUE(record_pause(*ledger_, last(), clock_.wall()));
  EXPECT_EQ(ledger_->publish()->size, size) << "a minute is no pause";
  clock_.advance(minutes(9));
  ASSERT_TRUE(record_pause(*ledger_, last(), clock_.wall()));
  const auto entries = ledger_->entries(size, 1);
  ASSERT_TRUE(entries && entries->size() == 1);
  EXPECT_EQ((*entries)[0].event.payload, monitoring::watch_resumed(noted, clock_.wall()).payload);
}

TEST_P(OwnEntries, do_not_believe_a_clock_that_was_ahead) {
  note();
  const WallTime noted = clock_.wall();
  clock_.advance(minutes(60));
  note();
  EXPECT_EQ(last_watched(*ledger_, *database_, noted).value(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Stores, OwnEntries,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::app
