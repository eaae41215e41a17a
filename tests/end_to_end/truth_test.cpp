#include <gtest/gtest.h>

#include "base/text.h"
#include "end_to_end/watch.h"

// The watch tells the truth: what really happened to a real server is what the page, the JSON, the
// feed, the events and the ledger say, and they say it of that instance alone.
namespace nocturn::testing {
namespace {

class Truth : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    watch_ = new Watch;
    watch_->start_servers();
    if (!HasFatalFailure()) watch_->start_hub();
  }
  static void TearDownTestSuite() {
    delete watch_;
    watch_ = nullptr;
  }
  void SetUp() override {
    ASSERT_NE(watch_, nullptr);
    ASSERT_TRUE(watch_->wait_until_all_operational())
        << ::testing::PrintToString(watch_->troubled()) << watch_->hub().errors();
  }

  // The newest verdict change of an instance as the ledger has it.
  static boost::json::value newest_entry(const std::string& instance) {
    const auto listing = boost::json::parse(
        watch_->nocturn({"ledger", "entries", "--json", "--data", watch_->data().string()}));
    for (const auto& entry : listing.at("entries").as_array()) {
      const auto& payload = entry.at("payload");
      if (entry.at("type") == "monitoring.verdict.changed" &&
          payload.at("instance") == boost::json::string_view(instance))
        return entry;  // the newest comes first
    }
    return {};
  }

  void expect_everywhere(const std::string& instance, const std::string& component_status,
                         const std::string& verdict) {
    // JSON: this instance and no other.
    EXPECT_EQ(watch_->troubled(), std::vector<std::string>{instance + " " + component_status});
    // The page's row, the instance's page, its badge and its feed.
    EXPECT_TRUE(lower_ascii(watch_->get("/badges/" + instance + ".svg")).contains(verdict));
    EXPECT_TRUE(lower_ascii(watch_->get("/instances/" + instance)).contains(verdict));
    EXPECT_TRUE(watch_->get("/feeds/" + instance + ".atom").contains("<entry"));
    EXPECT_TRUE(watch_->get("/feeds/all.atom").contains("<entry"));
    // The ledger, with the evidence of the probe that decided.
    const auto entry = newest_entry(instance);
    ASSERT_TRUE(entry.is_object());
    EXPECT_EQ(entry.at("payload").at("after").as_string(), std::string_view(verdict));
    EXPECT_TRUE(entry.at("payload").at("evidence").is_object());
    // The command line, whose exit status says that something is not normal.
    int exit = -1;
    const std::string table = watch_->nocturn({"status", "--data", watch_->data().string()}, &exit);
    EXPECT_EQ(exit, 1) << table;
    EXPECT_TRUE(table.contains(verdict)) << table;
  }

  static Watch* watch_;
};

Watch* Truth::watch_ = nullptr;

const std::vector<std::string> kDown{"partial_outage", "major_outage"};

TEST_F(Truth, a_stopped_server_turns_its_row_and_no_other_and_back) {
  watch_->demo("outage", "catalog-eu01");
  ASSERT_TRUE(watch_->wait_for("catalog-eu01", kDown)) << watch_->hub().errors();
  expect_everywhere("catalog-eu01", watch_->component("catalog-eu01"), "interruption");
  watch_->demo("restore", "catalog-eu01");
  EXPECT_TRUE(watch_->wait_for("catalog-eu01", {"operational"}));
  EXPECT_EQ(newest_entry("catalog-eu01").at("payload").at("after").as_string(), "normal");
}

TEST_F(Truth, a_frozen_server_that_still_accepts_connections_is_an_interruption) {
  watch_->demo("freeze", "catalog-us01");
  ASSERT_TRUE(watch_->wait_for("catalog-us01", kDown)) << watch_->hub().errors();
  expect_everywhere("catalog-us01", watch_->component("catalog-us01"), "interruption");
  watch_->demo("restore", "catalog-us01");
  EXPECT_TRUE(watch_->wait_for("catalog-us01", {"operational"}));
}

TEST_F(Truth, a_truncated_index_that_finds_nothing_and_reports_no_error_is_an_interruption) {
  watch_->demo("break", "catalog-eu02");
  ASSERT_TRUE(watch_->wait_for("catalog-eu02", kDown)) << watch_->hub().errors();
  EXPECT_TRUE(boost::json::serialize(newest_entry("catalog-eu02")).contains("hits"));
  watch_->demo("restore", "catalog-eu02");
  EXPECT_TRUE(watch_->wait_for("catalog-eu02", {"operational"}));
}

TEST_F(Truth, a_slow_server_is_a_performance_issue_and_no_interruption) {
  watch_->demo("slow", "catalog-ap01");
  ASSERT_TRUE(watch_->wait_for("catalog-ap01", {"degraded_performance"})) << watch_->hub().errors();
  expect_everywhere("catalog-ap01", "degraded_performance", "performance");
  watch_->demo("restore", "catalog-ap01");
  EXPECT_TRUE(watch_->wait_for("catalog-ap01", {"operational"}));
}

TEST_F(Truth, a_declared_state_stands_over_the_measured_one_until_it_is_withdrawn) {
  const std::string data = watch_->data().string();
  int exit = -1;
  std::string said = watch_->nocturn({"status", "declare", "catalog-eu01", "interruption",
                                      "--because", "storage move", "--data", data},
                                     &exit);
  ASSERT_EQ(exit, 0) << said;
  ASSERT_TRUE(watch_->wait_for("catalog-eu01", kDown));
  EXPECT_TRUE(watch_->get("/instances/catalog-eu01").contains("storage move"));
  said = watch_->nocturn({"status", "withdraw", "catalog-eu01", "--data", data}, &exit);
  ASSERT_EQ(exit, 0) << said;
  EXPECT_TRUE(watch_->wait_for("catalog-eu01", {"operational"}));
}

TEST_F(Truth, the_ledger_of_all_this_verifies_with_nothing_but_its_files) {
  int exit = -1;
  const std::string said =
      watch_->nocturn({"ledger", "verify", (watch_->data() / "ledger").string()}, &exit);
  EXPECT_EQ(exit, 0) << said;
}

}  // namespace
}  // namespace nocturn::testing
