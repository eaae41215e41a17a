#include <sched.h>

#include "monitoring/probes/probe_stand_test.h"

namespace nocturn::monitoring::test {
namespace {

// Runs `body` in a thread of its own whose network has no interface that is up. False when this
// machine does not let us.
bool without_network(const std::function<void()>& body) {
  bool possible = false;
  std::thread([&] {
    possible = ::unshare(CLONE_NEWNET) == 0;
    if (possible) body();
  }).join();
  return possible;
}

TEST(NetworkLost, a_prober_without_network_blames_nobody) {
  const bool possible = without_network([] {
    ProbeStand stand({.servers = "192.0.2.53"});
    const std::vector<std::pair<const char*, Options>> checks{
        {"http", {{"url", text("http://192.0.2.1/")}}},
        {"http", {{"url", text("https://192.0.2.1/")}}},
        {"http", {{"url", text("http://search.example.org/")}}},
        {"http", {{"url", text("http://[2001:db8::1]/")}}},
        {"tcp", {{"target", text("192.0.2.1:80")}}},
        {"tls", {{"target", text("192.0.2.1:443")}}},
        {"smtp", {{"target", text("192.0.2.1")}}},
        {"ssh", {{"target", text("192.0.2.1")}}},
        {"dns", {{"name", text("example.org")}, {"server", text("192.0.2.1")}}},
        {"dns", {{"name", text("example.org")}}},
        {"icmp", {{"target", text("192.0.2.1")}}},
        {"sru", {{"url", text("http://192.0.2.1/library")}, {"query", text("canary")}}},
        {"z3950", {{"target", text("192.0.2.1:210/library")}, {"query", text("@attr 1=4 x")}}},
    };
    for (const auto& [kind, options] : checks) {
      const auto seen = stand.run(kind, options, 1s);
      EXPECT_EQ(seen.outcome, Outcome::cannot_tell) << kind << ": " << seen.reason;
    }
  });
  if (!possible) GTEST_SKIP() << "this needs the right to make a network namespace";
}

}  // namespace
}  // namespace nocturn::monitoring::test
