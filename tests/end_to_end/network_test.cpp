#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "end_to_end/watch.h"

// A prober that loses its own network blames nobody. The whole watch runs in a network namespace of
// the test's own, whose loopback is then taken down: no server has failed, the prober has.
namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

class Namespace {
 public:
  Namespace() : name_("nocturn-test-" + std::to_string(::getpid())) {
    made_ = run({"ip", "netns", "add", name_}) && set_loopback("up");
  }
  ~Namespace() { run({"ip", "netns", "delete", name_}); }
  bool made() const { return made_; }
  bool set_loopback(const std::string& state) {
    return run({"ip", "-n", name_, "link", "set", "lo", state});
  }
  std::vector<std::string> prefix() const { return {"ip", "netns", "exec", name_}; }

 private:
  static bool run(std::vector<std::string> command) {
    const auto outcome = run_to_end({std::move(command)});
    return outcome && outcome->ending.exit_code == 0;
  }
  std::string name_;
  bool made_ = false;
};

TEST(Network, a_prober_that_loses_its_own_network_blames_nobody) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to make a network namespace";
  Namespace space;
  if (!space.made()) GTEST_SKIP() << "no network namespace can be made here";
  Watch watch(space.prefix());
  watch.start_servers();
  ASSERT_FALSE(HasFatalFailure());
  watch.start_hub();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(watch.wait_until_all_operational()) << ::testing::PrintToString(watch.troubled());

  ASSERT_TRUE(space.set_loopback("down"));
  std::this_thread::sleep_for(8s);  // several intervals and their confirmations
  // The pages cannot be reached over this network now; the hub's socket can.
  int exit = -1;
  const std::string table = watch.nocturn({"status", "--data", watch.data().string()}, &exit);
  EXPECT_FALSE(table.contains("interruption")) << table;
  EXPECT_FALSE(table.contains("performance")) << table;
  ASSERT_TRUE(space.set_loopback("up"));
  EXPECT_TRUE(watch.wait_until_all_operational()) << ::testing::PrintToString(watch.troubled());
  const std::string entries = watch.nocturn(
      {"ledger", "entries", "--limit", "1000", "--json", "--data", watch.data().string()});
  EXPECT_FALSE(entries.contains("\"after\":\"interruption\""));
}

}  // namespace
}  // namespace nocturn::testing
