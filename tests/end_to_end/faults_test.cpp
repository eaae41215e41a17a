#include <gtest/gtest.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "end_to_end/hub_alone.h"
#include "support/eventually.h"
#include "support/postgresql_server.h"

// What the operating system can do to a hub: kill it at any moment, fill its disk, hand it an old
// copy of its data. Nothing acknowledged is lost, and the ledger never forks.
namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

int rounds() {
  const char* wanted = std::getenv("NOCTURN_CRASH_ROUNDS");
  return wanted != nullptr ? std::atoi(wanted) : 8;
}

// Declares states as fast as it can from several threads; collects the entry numbers that were
// acknowledged.
class Load {
 public:
  explicit Load(HubAlone& hub) {
    for (int worker = 0; worker < 4; ++worker) {
      workers_.emplace_back([this, &hub, worker] {
        for (int n = 0; !stop_; ++n) {
          const auto answer =
              hub.declare("catalog-" + std::to_string(worker), "round " + std::to_string(n));
          const std::lock_guard lock(mutex_);
          if (answer) acknowledged_.insert(*answer);
        }
      });
    }
  }
  ~Load() { finish(); }
  std::set<std::int64_t> finish() {
    stop_ = true;
    for (auto& worker : workers_)
      if (worker.joinable()) worker.join();
    return acknowledged_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::set<std::int64_t> acknowledged_;
  std::vector<std::thread> workers_;
};

// Kills the hub under load, again and again: what was acknowledged is there, the log is the same
// log, and the tables are what it says.
void kill_at_random(HubAlone& hub, int rounds) {
  std::mt19937 random(20261122);
  std::string kept;
  std::int64_t highest = -1;
  for (int round = 0; round < rounds; ++round) {
    ASSERT_TRUE(hub.start()) << hub.log();
    std::set<std::int64_t> acknowledged;
    {
      Load load(hub);
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 400));
      hub.kill();
      acknowledged = load.finish();
    }
    if (!acknowledged.empty()) {
      EXPECT_GT(*acknowledged.begin(), highest) << "an entry number was given twice";
      highest = *acknowledged.rbegin();
    }
    ASSERT_TRUE(hub.start()) << hub.log();
    EXPECT_EQ(hub.missing(acknowledged), std::set<std::int64_t>{}) << "in round " << round;
    hub.stop();
    const auto verified = hub.nocturn({"ledger", "verify", hub.ledger(), "--kept", kept});
    EXPECT_EQ(verified.ending.exit_code, 0) << verified.output << verified.errors;
    kept = hub.keep_checkpoint();
    const auto replayed = hub.nocturn({"ledger", "replay", hub.database()});
    EXPECT_EQ(replayed.ending.exit_code, 0) << replayed.output << replayed.errors;
  }
}

TEST(Faults, kill_9_at_random_loses_nothing_acknowledged_and_never_forks_the_log) {
  HubAlone hub;
  kill_at_random(hub, rounds());
}

TEST(Faults, kill_9_at_random_loses_nothing_on_postgresql_either) {
  const auto server = PostgresqlServer::start();
  ASSERT_TRUE(server) << server.error().text();
  const auto store = (*server)->new_database();
  ASSERT_TRUE(store) << store.error().text();
  HubAlone hub({.store = *store});
  kill_at_random(hub, std::max(3, rounds() / 4));
}

TEST(Faults, a_database_server_that_goes_away_is_told_and_found_again) {
  const auto server = PostgresqlServer::start();
  ASSERT_TRUE(server) << server.error().text();
  HubAlone hub({.store = (*server)->new_database().value()});
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(hub.declare("catalog-0", "before"));
  (*server)->stop();
  EXPECT_FALSE(hub.declare("catalog-1", "nobody keeps this"));
  EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
  ASSERT_TRUE((*server)->start_again());
  EXPECT_TRUE(eventually([&] { return hub.declare("catalog-2", "it is back").has_value(); }))
      << hub.log();
}

TEST(Faults, a_copy_of_yesterday_is_readable_and_refuses_to_record) {
  HubAlone hub;
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(hub.declare("catalog-0", "before the copy"));
  hub.stop();
  const auto copy = hub.folder() / "copy";
  std::filesystem::copy(hub.data(), copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(hub.start());
  ASSERT_TRUE(hub.declare("catalog-0", "after the copy"));
  hub.stop();
  std::filesystem::remove_all(hub.data());
  std::filesystem::rename(copy, hub.data());
  ASSERT_TRUE(hub.start()) << hub.log();
  EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
  EXPECT_FALSE(hub.declare("catalog-1", "on the copy"));
  EXPECT_TRUE(hub.get("/readyz").contains("ledger"));
}

TEST(Faults, a_wrong_edit_changes_nothing_even_over_a_restart) {
  HubAlone hub;
  ASSERT_TRUE(hub.start()) << hub.log();
  const auto file = hub.folder() / "config" / "cloud.yaml";
  std::ofstream(file, std::ios::app) << "  catalog-9: {name: Catalog 9, tennancy: multi}\n";
  const auto applied = hub.nocturn({"config", "apply", "--data", hub.data().string()});
  EXPECT_EQ(applied.ending.exit_code, 2);
  EXPECT_TRUE(applied.errors.contains("did you mean \"tenancy\"")) << applied.errors;
  EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
  hub.stop();
  ASSERT_TRUE(hub.start()) << hub.log();
  EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
  EXPECT_TRUE(hub.get("/metrics").contains("nocturn_configuration_faults"));
  EXPECT_FALSE(hub.get("/metrics").contains("nocturn_configuration_faults 0"));
}

TEST(Faults, a_right_edit_is_applied_by_itself_and_recorded) {
  HubAlone hub;
  ASSERT_TRUE(hub.start()) << hub.log();
  std::ofstream(hub.folder() / "config" / "more.yaml")
      << "instances:\n  catalog-9: {name: Catalog 9, product: catalog, data_center: ams1,"
         " tenancy: multi, environment: production}\n";
  EXPECT_TRUE(eventually([&] { return hub.get("/").contains("Catalog 9"); })) << hub.log();
  const auto entries = hub.nocturn({"ledger", "entries", "--data", hub.data().string()});
  EXPECT_TRUE(entries.output.contains("instance/catalog-9")) << entries.output;
}

TEST(Faults, an_edit_right_or_wrong_is_told_to_operators_at_once) {
  HubAlone hub;
  ASSERT_TRUE(hub.start()) << hub.log();
  const auto stream =
      ChildProcess::start({{"curl", "-sN", "--unix-socket", (hub.data() / "hub.sock").string(),
                            "http://hub/api/v1/events"}});
  ASSERT_TRUE(stream) << stream.error().text();
  ASSERT_TRUE((*stream)->wait_for_text("retry:"));
  const auto file = hub.folder() / "config" / "more.yaml";
  std::ofstream(file) << "products: {links: {name: Link resolver}}\n";
  EXPECT_TRUE((*stream)->wait_for_text("event: config")) << hub.log();
  EXPECT_TRUE((*stream)->wait_for_text("product/links"));  // as an entry, too
  const std::string before = (*stream)->output();
  std::ofstream(file) << "products: {links: {nane: Link resolver}}\n";
  EXPECT_TRUE(eventually([&] {
    return (*stream)->output().substr(before.size()).contains("event: config");
  })) << hub.log();
}

TEST(Faults, a_hub_starts_on_a_full_disk_and_records_again_once_there_is_room) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to mount a small disk";
  HubAlone hub({.disk = "24m"});
  if (!hub.has_disk()) GTEST_SKIP() << "no small disk can be mounted here";
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(hub.declare("catalog-0", "there is room"));
  for (const bool clean : {true, false}) {
    const std::string instance = clean ? "catalog-1" : "catalog-2";
    hub.fill_disk();
    if (clean)
      hub.stop();
    else
      hub.kill();
    hub.fill_disk();  // what a clean end gave back, too
    ASSERT_TRUE(hub.start()) << hub.log();
    EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
    hub.free_disk();
    ASSERT_TRUE(eventually([&] {
      return hub.declare(instance, "there is room again").has_value();
    })) << hub.log();
    hub.stop();  // the next start keeps room again
    ASSERT_TRUE(hub.start()) << hub.log();
  }
}

TEST(Faults, a_full_disk_refuses_writes_serves_the_page_and_recovers_by_itself) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to mount a small disk";
  HubAlone hub({.disk = "24m"});
  if (!hub.has_disk()) GTEST_SKIP() << "no small disk can be mounted here";
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(hub.declare("catalog-0", "there is room"));
  hub.fill_disk();
  EXPECT_FALSE(hub.declare("catalog-1", "there is no room: " + std::string(400, 'x')));
  EXPECT_TRUE(hub.get("/").contains("Catalog 0"));
  EXPECT_TRUE(hub.get("/api/v2/status.json").contains("indicator"));
  hub.free_disk();
  EXPECT_TRUE(eventually([&] {
    return hub.declare("catalog-2", "there is room again").has_value();
  })) << hub.log();
}

}  // namespace
}  // namespace nocturn::testing
