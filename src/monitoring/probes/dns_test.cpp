#include "monitoring/probes/probe_stand_test.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::monitoring::test {
namespace {

// dnsmasq as the one authority for a few names.
class Dnsmasq {
 public:
  Dnsmasq() {
    auto started = testing::start_listener([](std::uint16_t port) {
      std::vector<std::string> arguments{
          "dnsmasq",
          "--keep-in-foreground",
          "--conf-file=/dev/null",
          "--no-resolv",
          "--no-hosts",
          "--listen-address=127.0.0.1",
          "--bind-interfaces",
          "--user=root",
          "--group=root",
          "--log-facility=-",
          "--pid-file=",
          "--local=/example.org/",
          fmt::format("--port={}", port),
          "--host-record=search.example.org,127.0.0.5,2001:db8::5",
          "--cname=www.example.org,search.example.org",
          "--mx-host=example.org,mx.example.org,10",
          "--srv-host=_z3950._tcp.example.org,search.example.org,210,1,2",
          "--txt-record=example.org,v=spf1 -all",
          "--ptr-record=5.0.0.127.in-addr.arpa,search.example.org"};
      for (int i = 0; i < 20; ++i) {
        arguments.push_back(fmt::format("--host-record=big.example.org,127.1.1.{}", i + 1));
      }
      std::string big = "--txt-record=big.example.org";
      for (int i = 0; i < 6; ++i) big += "," + std::string(200, static_cast<char>('a' + i));
      arguments.push_back(big);
      return testing::ChildProcess::Command{.arguments = std::move(arguments)};
    });
    EXPECT_TRUE(started) << started.error().text();
    if (started) server_ = *std::move(started);
  }
  bool runs() const { return server_.process != nullptr; }
  std::string server() const { return fmt::format("127.0.0.1:{}", server_.port); }
  testing::ChildProcess& process() { return *server_.process; }

 private:
  testing::Listener server_;
};

TEST(DnsProbe, reads_every_type_of_record_from_dnsmasq) {
  Dnsmasq dnsmasq;
  ASSERT_TRUE(dnsmasq.runs());
  ProbeStand stand;
  const auto probe = [&](const char* name, const char* type, const char* expect) {
    const auto seen = stand.run("dns", {{"name", text(name)},
                                        {"type", text(type)},
                                        {"server", text(dnsmasq.server())},
                                        {"expect", list({expect})}});
    return seen.outcome == Outcome::passed ? "passed" : seen.reason;
  };
  EXPECT_EQ(probe("search.example.org", "A", "127.0.0.5"), "passed");
  EXPECT_EQ(probe("Search.Example.Org.", "AAAA", "2001:db8::5"), "passed");
  EXPECT_EQ(probe("www.example.org", "A", "127.0.0.5"), "passed");
  EXPECT_EQ(probe("www.example.org", "CNAME", "search.example.org"), "passed");
  EXPECT_EQ(probe("example.org", "MX", "10 mx.example.org"), "passed");
  EXPECT_EQ(probe("_z3950._tcp.example.org", "SRV", "1 2 210 search.example.org"), "passed");
  EXPECT_EQ(probe("example.org", "TXT", "v=spf1 -all"), "passed");
  EXPECT_EQ(probe("127.0.0.5", "PTR", "search.example.org"), "passed");
  EXPECT_EQ(probe("search.example.org", "A", "127.0.0.6"),
            "\"127.0.0.6\" is in none of the records");
  EXPECT_EQ(probe("search.example.org", "MX", "x"), "0 records of type MX, at least 1 expected");
  EXPECT_EQ(probe("nobody.example.org", "A", "x"), "response code NXDOMAIN, expected NOERROR");
}

TEST(DnsProbe, asks_again_over_tcp_when_the_answer_is_too_long) {
  Dnsmasq dnsmasq;
  ASSERT_TRUE(dnsmasq.runs());
  ProbeStand stand;
  const auto seen = stand.run("dns", {{"name", text("big.example.org")},
                                      {"type", text("TXT")},
                                      {"server", text(dnsmasq.server())},
                                      {"expect", list({std::string(200, 'f')})}});
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_EQ(seen.transcript.at(1), "< truncated; again over TCP");
}

TEST(DnsProbe, blames_a_named_server_for_silence_but_not_a_name_for_our_own_servers) {
  Dnsmasq dnsmasq;
  ASSERT_TRUE(dnsmasq.runs());
  dnsmasq.process().freeze();
  const Options options{{"name", text("search.example.org")}};
  auto named = options;
  named.emplace("server", text(dnsmasq.server()));
  ProbeStand stand({.servers = dnsmasq.server()});
  EXPECT_EQ(stand.run("dns", named, 300ms).outcome, Outcome::failed);
  EXPECT_EQ(stand.run("dns", options, 300ms).outcome, Outcome::cannot_tell);
  const auto page = stand.run("http", {{"url", text("http://search.example.org/")}}, 300ms);
  EXPECT_EQ(page.outcome, Outcome::cannot_tell);
  EXPECT_EQ(page.reason, "our name servers did not answer within 300ms");
  dnsmasq.process().thaw();
}

TEST(DnsProbe, tells_a_name_that_does_not_exist_from_servers_that_are_down) {
  Dnsmasq dnsmasq;
  ASSERT_TRUE(dnsmasq.runs());
  const auto page = [](std::string servers, const char* url) {
    ProbeStand stand({.servers = std::move(servers)});
    return stand.run("http", {{"url", text(url)}}, 2s);
  };
  const auto absent = page(dnsmasq.server(), "http://nobody.example.org/");
  EXPECT_EQ(absent.outcome, Outcome::failed);
  EXPECT_EQ(absent.reason, "the name nobody.example.org does not exist");
  const auto closed =
      page(fmt::format("127.0.0.1:{}", testing::free_port()), "http://search.example.org/");
  EXPECT_EQ(closed.outcome, Outcome::cannot_tell) << closed.reason;
  const auto refusing = page(dnsmasq.server(), "http://search.example.com/");
  EXPECT_EQ(refusing.outcome, Outcome::cannot_tell) << refusing.reason;
}

TEST(DnsProbe, ends_in_time_against_garbage) {
  const int server = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(server, reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(server, reinterpret_cast<sockaddr*>(&address), &size);
  std::jthread answering([&](std::stop_token stop) {
    for (int turn = 0; !stop.stop_requested();) {
      pollfd ready{server, POLLIN, 0};
      if (::poll(&ready, 1, 10) <= 0) continue;
      char buffer[512];
      sockaddr_in from{};
      socklen_t length = sizeof from;
      const auto got =
          ::recvfrom(server, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &length);
      std::string answer(buffer, static_cast<std::size_t>(got));
      answer[2] = '\x81';
      switch (turn++ % 3) {
        case 0: answer = "garbage"; break;
        case 1: answer[7] = 9; break;                        // nine records that do not come
        case 2: answer[7] = 1, answer += "\xC0\xFF"; break;  // a name that points nowhere
      }
      ::sendto(server, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), length);
    }
  });
  ProbeStand stand;
  const auto seen =
      stand.run("dns",
                {{"name", text("x.example.org")},
                 {"server", text(fmt::format("127.0.0.1:{}", ntohs(address.sin_port)))}},
                400ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_NE(seen.reason.find("only an answer that contradicts itself"), std::string::npos)
      << seen.reason;
  answering.request_stop();
  answering.join();
  ::close(server);
}

}  // namespace
}  // namespace nocturn::monitoring::test
