#include <sched.h>
#include <sys/ioctl.h>
#include <fstream>

#include <net/if.h>

#include "monitoring/probes/probe_stand_test.h"

namespace nocturn::monitoring::test {
namespace {

TEST(IcmpProbe, pings_loopback_or_says_which_right_is_missing) {
  ProbeStand stand;
  for (const char* target : {"127.0.0.1", "::1"}) {
    const auto seen = stand.run("icmp", {{"target", text(target)}, {"count", number(3)}}, 2s);
    if (seen.outcome == Outcome::cannot_tell) {
      EXPECT_TRUE(seen.reason.find("ping_group_range") != seen.reason.npos ||
                  seen.reason.find("no route") != seen.reason.npos ||
                  seen.reason.find("no free local") != seen.reason.npos)
          << seen.reason;
      continue;
    }
    EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
    ASSERT_EQ(seen.metrics.size(), 4u);
    EXPECT_EQ(seen.metrics[0].name, "loss");
    EXPECT_EQ(seen.metrics[0].value, 0);
    EXPECT_EQ(seen.address, target);
  }
}

// In a network of our own: loopback up, pings allowed for datagram sockets, and a black hole.
TEST(IcmpProbe, counts_loss_and_uses_datagram_sockets_where_they_are_allowed) {
  bool possible = false;
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) != 0) return;
    const int control = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::snprintf(request.ifr_name, sizeof request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    possible = ::ioctl(control, SIOCSIFFLAGS, &request) == 0;
    ::close(control);
    if (!possible) return;
    std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 0";
    ProbeStand stand;
    EXPECT_EQ(stand.run("icmp", {{"target", text("127.0.0.9")}}, 2s).outcome, Outcome::passed);
    // Nobody answers echoes here any more.
    std::ofstream("/proc/sys/net/ipv4/icmp_echo_ignore_all") << "1";
    const auto lost = stand.run("icmp", {{"target", text("127.0.0.1")}, {"count", number(2)}}, 1s);
    EXPECT_EQ(lost.outcome, Outcome::failed);
    EXPECT_EQ(lost.reason, "0 of 2 echoes came back (100% loss), at most 50% loss expected");
  }).join();
  if (!possible) GTEST_SKIP() << "this needs the right to make a network namespace";
}

}  // namespace
}  // namespace nocturn::monitoring::test
