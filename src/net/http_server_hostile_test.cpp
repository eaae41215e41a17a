// Clients that are slow, endless, broken or too many: each ends within its limit, with the right
// answer, and nobody else notices.
#include <sys/resource.h>

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_server_test_client.h"
#include "support/eventually.h"

namespace nocturn::net {
namespace {

using nocturn::testing::eventually;
using std::chrono::milliseconds;
using testing::Answer;
using testing::get;
using testing::RawClient;
using testing::TestServer;

ServerOptions impatient() {
  ServerOptions options;
  options.limits.head_time = milliseconds(300);
  options.limits.body_time = milliseconds(300);
  options.limits.idle_time = milliseconds(600);
  options.limits.write_time = milliseconds(300);
  return options;
}

// Sends a byte every 20 ms until the server has had enough; what it said then.
Answer drip(RawClient& client, std::string_view begin) {
  client.send(begin);
  for (int i = 0; i < 250 && client.send("a"); ++i) {
    char byte;
    if (::recv(client.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return client.read_answer();
}

TEST(HostileClient, that_drips_its_head_or_body_gets_408) {
  TestServer test(impatient());
  for (const std::string_view begin :
       {"GET / HTTP/1.1\r\nHost: t\r\nX: ",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n"}) {
    RawClient client = test.connect();
    const SteadyTime start = test.clock.steady();
    EXPECT_EQ(drip(client, begin).status, 408) << begin;
    EXPECT_LT(test.clock.steady() - start, std::chrono::seconds(2));
  }
}

TEST(HostileClient, that_holds_all_room_for_bodies_leaves_small_ones_alone) {
  ServerOptions options;
  options.loops = 1;
  options.limits.bodies_bytes = 110'000;
  TestServer test(options);
  const std::string part =
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n" + std::string(60'000, 'x');
  {
    RawClient first = test.connect();
    first.send(part);
    std::this_thread::sleep_for(milliseconds(100));
    RawClient second = test.connect();
    second.send(part);
    EXPECT_EQ(second.read_answer().status, 503);
    RawClient small = test.connect();
    small.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(small.read_answer().status, 200);
  }
  EXPECT_TRUE(eventually([&] { return test.server->counters().connections == 0; }));
  RawClient later = test.connect();
  later.send(part + std::string(40'000, 'x'));
  EXPECT_EQ(later.read_answer().status, 200);
}

TEST(HostileClient, that_pipelines_and_then_drips_gets_408_as_well) {
  TestServer test(impatient());
  RawClient client = test.connect();
  client.send(get("/handled") + "GET / HTTP/1.1\r\nX: ");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(drip(client, "").status, 408);
}

TEST(HostileClient, that_says_nothing_is_closed_in_silence) {
  TestServer test(impatient());
  RawClient fresh = test.connect(), used = test.connect();
  EXPECT_EQ(used.ask(get("/tiny")).status, 200);
  EXPECT_TRUE(fresh.at_end());
  EXPECT_TRUE(used.at_end());
}

TEST(HostileClient, that_sends_an_endless_head_or_line_is_stopped_at_the_limit) {
  TestServer test;
  const std::string junk(1000, 'x');
  const auto flood = [&](std::string_view begin, std::string_view piece) {
    RawClient client = test.connect();
    client.send(begin);
    std::size_t sent = 0;
    while (sent < 4'000'000 && client.send(piece)) sent += piece.size();
    return client.read_answer().status;
  };
  EXPECT_EQ(flood("GET / HTTP/1.1\r\nHost: t\r\n", "X: " + junk + "\r\n"), 431);
  EXPECT_EQ(flood("GET /", junk), 414);
}

TEST(HostileClient, that_announces_or_sends_too_much_gets_413) {
  ServerOptions options;
  options.limits.body_bytes = 1000;
  TestServer test(options);
  const auto ask = [&](std::string_view request) {
    RawClient client = test.connect();
    const int status = client.ask(request).status;
    return client.at_end() ? status : -1;
  };
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\n"
                "Expect: 100-continue\r\n\r\n"),
            413);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"), 413);
}

TEST(HostileClient, that_does_not_speak_http_gets_400_and_is_closed) {
  TestServer test;
  for (const std::string_view bytes :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HELO there\r\n\r\n",
        "GET /..%2f HTTP/1.1\r\nHost: t\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: t\r\n\r\n",
        "POST /../x HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n\r\nx"}) {
    RawClient client = test.connect();
    const Answer answer = client.ask(bytes);
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HostileClient, whose_second_request_hides_in_the_first_is_refused) {
  TestServer test;
  RawClient client = test.connect();
  const Answer answer = client.ask(
      "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(test.server->counters().handled, 0u);
}

TEST(HostileClient, that_does_not_read_is_let_go) {
  TestServer test(impatient(), [](const Request&) -> Response {
    return {200, {}, std::string(32 * 1024 * 1024, 'x')};
  });
  RawClient client = test.connect();
  client.send(get("/big"));
  while (test.server->counters().connections == 0) std::this_thread::yield();
  EXPECT_TRUE(eventually([&] { return test.server->counters().connections == 0; }));
}

TEST(HostileClient, beyond_the_limit_of_connections_is_told_503) {
  ServerOptions options;
  options.limits.connections = 20;
  options.unix_socket = fmt::format("/tmp/nocturn-limit-{}.sock", ::getpid());
  TestServer test(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(test.connect());
    EXPECT_EQ(clients.back().ask(get("/tiny")).status, 200);
  }
  for (int i = 0; i < 5; ++i) {
    RawClient late = test.connect();
    const Answer answer = late.ask(get("/tiny"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_TRUE(late.at_end());
  }
  EXPECT_EQ(clients[7].ask(get("/tiny")).status, 200);
  EXPECT_EQ(RawClient(*options.unix_socket).ask(get("/tiny")).status, 200);  // the owner may
  clients.clear();
  while (test.server->counters().connections > 0) std::this_thread::yield();
  EXPECT_EQ(test.connect().ask(get("/tiny")).status, 200);
}

TEST(HostileClient, that_exhausts_descriptors_does_not_stop_the_others) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer opens pipes to look at memory, and takes failing for a fault";
#endif
  TestServer test;
  RawClient early = test.connect();
  EXPECT_EQ(early.ask(get("/tiny")).status, 200);
  std::vector<RawClient> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(test.connect());
  for (RawClient& client : waiting) EXPECT_EQ(client.ask(get("/tiny")).status, 200);

  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const auto in_use = static_cast<rlim_t>(std::distance(
      std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{}));
  // Room for the client's end of a connection, none for the server's.
  std::vector<int> fillers;
  rlimit tight = before;
  tight.rlim_cur = in_use + 16;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  const int extra = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  for (int filler; (filler = ::dup(0)) >= 0;) fillers.push_back(filler);
  ::close(extra);
  {
    RawClient shed = test.connect();
    EXPECT_TRUE(shed.at_end());  // closed at once, not left to wait
  }
  EXPECT_EQ(early.ask(get("/tiny")).status, 200);
  for (const int filler : fillers) ::close(filler);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(test.connect().ask(get("/tiny")).status, 200);
}

}  // namespace
}  // namespace nocturn::net
