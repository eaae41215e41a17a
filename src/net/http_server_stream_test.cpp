// Server-sent events over real connections.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_server_test_client.h"
#include "support/eventually.h"

namespace nocturn::net {
namespace {

using nocturn::testing::eventually;
using std::chrono::milliseconds;
using testing::get;
using testing::RawClient;
using testing::TestServer;

constexpr std::string_view kRetry = "retry: 3000\n\n";

RawClient open_stream(const TestServer& test, std::string_view headers = {}) {
  RawClient client = test.connect();
  client.send(get("/events", headers));
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.contains("Content-Type: text/event-stream\r\n")) << head;
  EXPECT_EQ(client.read_until("\n\n"), kRetry);
  return client;
}

void wait_for_streams(const TestServer& test, std::uint64_t count) {
  EXPECT_TRUE(eventually([&] { return test.server->counters().streams == count; }))
      << test.server->counters().streams;
}

TEST(EventStream, tells_every_reader_every_event_in_order) {
  TestServer test;
  std::vector<RawClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(open_stream(test));
  for (std::uint64_t id = 1; id <= 100; ++id) test.server->broadcast({id, "row", "x\ny"});
  for (RawClient& client : clients)
    for (std::uint64_t id = 1; id <= 100; ++id)
      EXPECT_EQ(client.read_until("\n\n"),
                fmt::format("id: {}\nevent: row\ndata: x\ndata: y\n\n", id));
  clients.clear();
  wait_for_streams(test, 0);
}

TEST(EventStream, goes_on_where_a_reader_left_off) {
  TestServer test;
  for (std::uint64_t id = 1; id <= 1100; ++id) test.server->broadcast({id, "n", "d"});
  RawClient client = open_stream(test, "Last-Event-ID: 1098\r\n");
  test.server->broadcast({1101, "n", "d"});
  for (const int id : {1099, 1100, 1101})
    EXPECT_EQ(client.read_until("\n\n"), fmt::format("id: {}\nevent: n\ndata: d\n\n", id));
  RawClient far = open_stream(test, "Last-Event-ID: 77\r\n");
  EXPECT_EQ(far.read_until("\n\n"), fmt::format("id: {}\nevent: n\ndata: d\n\n", 78));
  RawClient lost = open_stream(test, "Last-Event-ID: 76\r\n");
  EXPECT_EQ(lost.read_until("\n\n"), "id: 1101\nevent: reset\ndata: reset\n\n");
}

TEST(EventStream, misses_and_repeats_nothing_while_events_pour_in) {
  TestServer test;
  std::jthread source([&](std::stop_token stop) {
    for (std::uint64_t id = 1; !stop.stop_requested(); ++id) {
      test.server->broadcast({id, "n", "d"});
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  for (int round = 0; round < 20; ++round) {
    RawClient client = open_stream(test);
    std::uint64_t last = 0;
    for (int i = 0; i < 20; ++i) {
      const std::string event = client.read_until("\n\n");
      const std::uint64_t id = std::stoull(event.substr(4));
      EXPECT_TRUE(last == 0 || id == last + 1) << id;
      last = id;
    }
    RawClient back = open_stream(test, fmt::format("Last-Event-ID: {}\r\n", last));
    EXPECT_EQ(std::stoull(back.read_until("\n\n").substr(4)), last + 1);
  }
}

TEST(EventStream, says_something_now_and_then) {
  ServerOptions options;
  options.limits.heartbeat = milliseconds(50);
  TestServer test(options);
  RawClient client = open_stream(test);
  EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
}

TEST(EventStream, lets_a_slow_reader_go_and_keeps_the_others) {
  TestServer test;
  RawClient slow = open_stream(test), quick = open_stream(test);
  wait_for_streams(test, 2);
  const std::string data(10'000, 'x');
  std::uint64_t id = 0;
  while (test.server->counters().streams == 2 && id < 5000) {
    test.server->broadcast({++id, "n", data});
    EXPECT_TRUE(quick.read_until("\n\n").ends_with("x\n\n"));
  }
  EXPECT_EQ(test.server->counters().streams, 1u);
  EXPECT_LT(id, 2000u);  // 64 KiB, and what the kernel's buffers take
}

// Answers with the stream that the query names, owned by whom it names.
Response stream_of(const Request& request) {
  Response response;
  response.stream = request.parameter("stream");
  response.stream_owner = request.parameter("owner");
  return response;
}

RawClient open_named(const TestServer& test, std::string_view query,
                     std::string_view headers = {}) {
  RawClient client = test.connect();
  client.send(get(fmt::format("/own?{}", query), headers));
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(client.read_until("\n\n"), kRetry);
  return client;
}

TEST(EventStream, of_a_handler_hears_its_own_events_and_no_others) {
  TestServer test({}, stream_of);
  RawClient operators = open_named(test, "stream=operators"), everybody = open_stream(test);
  wait_for_streams(test, 2);
  test.server->broadcast({1, "entry", "secret", "operators"});
  test.server->broadcast({1, "row", "open"});
  EXPECT_EQ(operators.read_until("\n\n"), "id: 1\nevent: entry\ndata: secret\n\n");
  EXPECT_EQ(everybody.read_until("\n\n"), "id: 1\nevent: row\ndata: open\n\n");
  test.server->broadcast({2, "entry", "more", "operators"});
  RawClient back = open_named(test, "stream=operators", "Last-Event-ID: 1\r\n");
  EXPECT_EQ(back.read_until("\n\n"), "id: 2\nevent: entry\ndata: more\n\n");
}

TEST(EventStream, is_not_begun_by_a_head_request) {
  TestServer test({}, stream_of);
  RawClient client = test.connect();
  client.send("HEAD /own?stream=operators HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(test.server->counters().streams, 0u);
}

TEST(EventStream, ends_when_its_owner_is_signed_out) {
  TestServer test({}, stream_of);
  RawClient anna = open_named(test, "stream=operators&owner=anna");
  RawClient ben = open_named(test, "stream=operators&owner=ben");
  wait_for_streams(test, 2);
  test.server->end_streams("anna");
  EXPECT_TRUE(anna.at_end());
  test.server->broadcast({1, "entry", "d", "operators"});
  EXPECT_EQ(ben.read_until("\n\n"), "id: 1\nevent: entry\ndata: d\n\n");
}

TEST(EventStream, does_not_begin_when_its_owner_was_signed_out_meanwhile) {
  std::atomic<HttpServer*> server = nullptr;
  std::atomic<bool> ending = true;
  TestServer test({}, [&](const Request& request) {
    if (ending) server.load()->end_streams("anna");
    return stream_of(request);
  });
  server = test.server.get();
  RawClient anna = test.connect();
  anna.send(get("/own?stream=operators&owner=anna"));
  EXPECT_TRUE(anna.at_end());
  ending = false;
  std::this_thread::sleep_for(milliseconds(20));
  RawClient again = open_named(test, "stream=operators&owner=anna");
}

TEST(EventStream, ends_when_the_server_does) {
  TestServer test;
  RawClient client = open_stream(test);
  test.server.reset();
  EXPECT_TRUE(client.at_end());
}

}  // namespace
}  // namespace nocturn::net
