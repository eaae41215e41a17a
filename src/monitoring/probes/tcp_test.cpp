#include "monitoring/probes/probe_stand_test.h"

namespace nocturn::monitoring::test {
namespace {

TEST(TcpProbe, passes_when_something_accepts) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand stand;
  const auto seen = stand.run("tcp", {{"target", text(peer.target())}});
  EXPECT_EQ(seen.outcome, Outcome::passed);
  EXPECT_EQ(seen.address, peer.target());
  EXPECT_GE(seen.phases.connect, 0us);
  EXPECT_LT(seen.phases.resolve, 0us) << "an address needs no look-up";
}

TEST(TcpProbe, sends_and_finds_what_it_expects_in_pieces) {
  Peer peer([](Wire& wire) {
    wire.read_until("\r");
    for (const char c : std::string("98YNNYNN\r")) {
      wire.write({&c, 1});
      wire.pause(10ms);
    }
    wire.hang();
  });
  ProbeStand stand;
  const Options options{{"target", text(peer.target())}, {"send", text("9900302.00\r")}};
  auto right = options;
  right.emplace("expect", text("98Y"));
  right.emplace("expect_matches", text("^98[YN]{3}"));
  EXPECT_EQ(stand.run("tcp", right).outcome, Outcome::passed);
  auto wrong = options;
  wrong.emplace("expect", text("98N"));
  const auto seen = stand.run("tcp", wrong, 400ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_NE(seen.reason.find("no answer within 400ms"), std::string::npos) << seen.reason;
  ASSERT_GE(seen.transcript.size(), 2u);
  EXPECT_EQ(seen.transcript[0], "> 9900302.00.");
  EXPECT_EQ(seen.transcript[1], "< 98YNNYNN.");
}

TEST(TcpProbe, blames_the_peer_for_a_closed_port) {
  std::uint16_t port = 0;
  {
    Peer peer([](Wire&) {});
    port = peer.port();
  }
  ProbeStand stand;
  const auto seen = stand.run("tcp", {{"target", text(fmt::format("127.0.0.1:{}", port))}});
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_NE(seen.reason.find("connection refused"), std::string::npos) << seen.reason;
}

TEST(TcpProbe, ends_at_its_limit_of_bytes_when_the_peer_never_stops) {
  Peer peer([](Wire& wire) {
    const std::string flood(65536, 'x');
    while (!wire.over() && wire.write(flood)) {
    }
  });
  ProbeStand stand;
  const auto seen =
      stand.run("tcp", {{"target", text(peer.target())}, {"expect", text("never said")}});
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "the peer sends more than 65536 bytes");
}

TEST(TcpProbe, cannot_tell_when_out_of_descriptors) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand stand;
  std::vector<int> taken;
  while (true) {
    const int one = ::dup(0);
    if (one < 0) break;
    taken.push_back(one);
  }
  const auto seen = stand.run("tcp", {{"target", text(peer.target())}});
  for (const int one : taken) ::close(one);
  EXPECT_EQ(seen.outcome, Outcome::cannot_tell);
  EXPECT_NE(seen.reason.find("out of descriptors"), std::string::npos) << seen.reason;
}

TEST(TcpProbe, says_nothing_once_abandoned) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand stand;
  stand.abandon("tcp", {{"target", text(peer.target())}, {"expect", text("x")}}, 0us);
  stand.abandon("tcp", {{"target", text(peer.target())}, {"expect", text("x")}}, 20ms);
}

TEST(TcpProbe, resolves_names_from_the_hosts_file) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand stand;
  const auto seen = stand.run("tcp", {{"target", text(fmt::format("localhost:{}", peer.port()))},
                                      {"ip_family", text("4")}});
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_GE(seen.phases.resolve, 0us);
}

}  // namespace
}  // namespace nocturn::monitoring::test
