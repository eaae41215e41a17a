#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>

#include "app/demo/demo_cloud.h"
#include "app/demo/sample_cloud_test.h"
#include "inventory/inventory.h"
#include "monitoring/probe.h"
#include "net/resolver.h"
#include "net/tls_client.h"

// The sample cloud watched with the checks of its own configuration: each is passed by the real
// server, and each notices what is done to it.
namespace nocturn::app::demo {
namespace {

using monitoring::Observation;
using monitoring::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

using Seen = std::map<std::string, Observation>;  // by check id

// Runs every check of the instance (of all, if none is named) at once.
Seen probe(const inventory::Cloud& cloud, std::string_view instance_name, Micros timeout) {
  ::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  net::Loop loop(clock);
  net::Resolver resolver(loop);
  net::TlsClient tls;
  monitoring::ProbeWorld world{loop, resolver, tls, {}};
  Seen seen;
  std::vector<inventory::Check> checks;
  for (const auto& [id, instance] : cloud.instances) {
    if (!instance_name.empty() && id.text() != instance_name) continue;
    checks.insert(checks.end(), instance.checks.begin(), instance.checks.end());
  }
  std::vector<std::unique_ptr<monitoring::RunningProbe>> running;
  for (inventory::Check& check : checks) {
    check.timeout = timeout;
    running.push_back(monitoring::find_probe_kind(check.kind)
                          ->start(check, world, [&, id = check.id.text()](Observation observation) {
                            seen.emplace(id, std::move(observation));
                            if (seen.size() == checks.size()) loop.stop();
                          }));
  }
  loop.after(timeout + seconds(5), [&] { loop.stop(); });
  if (!checks.empty()) loop.run();
  EXPECT_EQ(seen.size(), checks.size());
  return seen;
}

class SampleChecks : public SampleCloudTest {
 protected:
  static void SetUpTestSuite() {
    SampleCloudTest::SetUpTestSuite();
    const auto loaded = inventory::load(cloud_->configuration(), monitoring::probe_specs());
    for (const auto& fault : loaded.faults) ADD_FAILURE() << fault.text();
    ASSERT_TRUE(loaded.cloud);
    configuration_ = loaded.cloud;
  }
  static void TearDownTestSuite() {
    configuration_.reset();
    SampleCloudTest::TearDownTestSuite();
  }
  static Seen probe_all(Micros timeout = seconds(10)) {
    return probe(*configuration_, "", timeout);
  }
  static Seen probe_one(std::string_view instance, Micros timeout = seconds(10)) {
    return probe(*configuration_, instance, timeout);
  }

  static inline inventory::CloudPtr configuration_;
};

TEST_F(SampleChecks, are_of_the_size_that_was_promised) {
  EXPECT_EQ(configuration_->territories.size(), 3u);
  EXPECT_EQ(configuration_->data_centers.size(), 5u);
  EXPECT_EQ(configuration_->products.size(), 5u);
  EXPECT_GE(configuration_->instances.size(), 12u);
  for (const auto& [id, instance] : configuration_->instances) {
    EXPECT_NE(find_sample_instance(id.text()), nullptr) << id.text();
    EXPECT_GE(instance.checks.size(), 2u) << id.text();
    EXPECT_LE(instance.checks.size(), 6u) << id.text();
  }
}

// What a hub would bring there.
void bring_copy(const DemoCloud& cloud, WallTime made) {
  const auto folder = cloud.status_copy() / "current";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "index.html") << "<html></html>\n";
  std::ofstream(folder / "status.json") << "{\"generated_at\":\"" << to_rfc3339(made) << "\"}\n";
}

TEST_F(SampleChecks, of_the_status_page_want_a_young_copy) {
  const SystemClock clock;
  bring_copy(*cloud_, clock.wall());
  EXPECT_EQ(probe_one("status-copy").at("status-copy/age").outcome, Outcome::passed);
  bring_copy(*cloud_, clock.wall() - std::chrono::minutes(6));
  const Seen seen = probe_one("status-copy");
  EXPECT_EQ(seen.at("status-copy/age").outcome, Outcome::failed);
  EXPECT_EQ(seen.at("status-copy/page").outcome, Outcome::passed);
}

TEST_F(SampleChecks, are_all_passed_by_a_healthy_cloud) {
  bring_copy(*cloud_, SystemClock().wall());
  for (const auto& [check, seen] : probe_all()) {
    EXPECT_EQ(seen.outcome, Outcome::passed) << check << ": " << seen.reason;
  }
}

TEST_F(SampleChecks, all_fail_for_an_instance_that_is_stopped_and_for_no_other) {
  bring_copy(*cloud_, SystemClock().wall());
  ASSERT_TRUE(cloud_->outage("catalog-eu01"));
  for (const auto& [check, seen] : probe_all()) {
    const bool stopped = check.starts_with("catalog-eu01/");
    EXPECT_EQ(seen.outcome, stopped ? Outcome::failed : Outcome::passed)
        << check << ": " << seen.reason;
  }
  ASSERT_TRUE(cloud_->restore("catalog-eu01"));
  for (const auto& [check, seen] : probe_one("catalog-eu01")) {
    EXPECT_EQ(seen.outcome, Outcome::passed) << check << ": " << seen.reason;
  }
}

TEST_F(SampleChecks, of_a_frozen_instance_fail_in_time_but_for_those_of_the_port_alone) {
  for (const char* instance : {"catalog-eu02", "repository-eu01"}) {
    ASSERT_TRUE(cloud_->freeze(instance));
    for (const auto& [check, seen] : probe_one(instance, seconds(1))) {
      const bool port_alone = check.ends_with("/front");
      EXPECT_EQ(seen.outcome, port_alone ? Outcome::passed : Outcome::failed)
          << check << ": " << seen.reason;
      EXPECT_LT(seen.took, milliseconds(1500)) << check;
    }
  }
}

TEST_F(SampleChecks, see_an_index_cut_short) {
  ASSERT_TRUE(cloud_->break_index("catalog-us01"));
  const Seen seen = probe_one("catalog-us01");
  for (const char* check : {"search", "z3950", "sru"}) {
    EXPECT_EQ(seen.at(std::string("catalog-us01/") + check).outcome, Outcome::failed) << check;
  }
  EXPECT_EQ(seen.at("catalog-us01/z3950").reason, "0 hits, at least 5 expected");
  EXPECT_EQ(seen.at("catalog-us01/sru").reason, "0 hits, at least 5 expected");
  EXPECT_EQ(seen.at("catalog-us01/ssh").outcome, Outcome::passed);
}

TEST_F(SampleChecks, measure_how_slow_an_instance_is) {
  ASSERT_TRUE(cloud_->slow("resolver-eu01", milliseconds(900)));
  const Seen seen = probe_one("resolver-eu01");
  const Observation& openurl = seen.at("resolver-eu01/openurl");
  EXPECT_EQ(openurl.outcome, Outcome::passed) << openurl.reason;
  EXPECT_GE(openurl.took, milliseconds(900));
}

}  // namespace
}  // namespace nocturn::app::demo
