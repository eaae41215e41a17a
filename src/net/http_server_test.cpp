#include "net/http_server.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <semaphore>

#include <gtest/gtest.h>

#include "net/http_server_test_client.h"

namespace nocturn::net {
namespace {

using std::chrono::milliseconds;
using testing::Answer;
using testing::get;
using testing::RawClient;
using testing::TestServer;

TEST(HttpServer, answers_a_prepared_page_with_a_date_and_keeps_the_connection) {
  TestServer test;
  RawClient client = test.connect();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.ask(get("/"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, TestServer::home());
    EXPECT_EQ(answer.header("content-type"), "text/html");
    EXPECT_EQ(answer.header("x-test"), "yes");
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.header("vary"), "Accept-Encoding");
    EXPECT_TRUE(answer.header("date").ends_with(" GMT"));
  }
  EXPECT_EQ(test.server->counters().pages, 3u);
  EXPECT_EQ(test.server->counters().requests, 3u);
}

TEST(HttpServer, answers_head_with_the_head_of_get) {
  TestServer test;
  RawClient client = test.connect();
  const Answer full = client.ask(get("/"));
  const Answer head = client.ask("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), full.header("content-length"));
  EXPECT_EQ(client.ask(get("/tiny")).body, "x");  // no stray body in between
  const Answer handled = client.ask("HEAD /any HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(handled.status, 200);
  EXPECT_NE(handled.header("content-length"), "0");
  EXPECT_EQ(client.ask(get("/tiny")).body, "x");
}

TEST(HttpServer, offers_the_encodings_and_answers_304_for_each) {
  TestServer test;
  RawClient client = test.connect();
  for (const std::string_view coding : {"", "gzip", "br"}) {
    const std::string accept = fmt::format("Accept-Encoding: {}\r\n", coding);
    const Answer answer = client.ask(get("/", accept));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("content-encoding"), coding);
    const Answer again =
        client.ask(get("/", accept + "If-None-Match: W/" + answer.header("etag") + "\r\n"));
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.header("etag"), answer.header("etag"));
    EXPECT_EQ(again.body, "");
    EXPECT_TRUE(again.header("date").ends_with(" GMT"));
  }
  EXPECT_EQ(test.server->counters().not_modified, 3u);
  EXPECT_EQ(client.ask(get("/", "If-Match: \"other\"\r\n")).status, 412);
}

TEST(HttpServer, shows_a_new_page_set_at_once) {
  TestServer test;
  RawClient client = test.connect();
  EXPECT_EQ(client.ask(get("/tiny")).body, "x");
  auto pages = std::make_shared<PageSet>();
  pages->pages["/tiny"] = make_page({"text/plain", "y", "no-cache", {}});
  test.board.publish(pages);
  EXPECT_EQ(client.ask(get("/tiny")).body, "y");
}

TEST(HttpServer, finishes_what_it_began_to_send_when_the_page_changes_meanwhile) {
  TestServer test;
  RawClient client = test.connect();
  std::string requests;
  for (int i = 0; i < 300; ++i) requests += get("/");
  client.send(requests);
  // Twenty megabytes are more than any buffer takes; the server waits in the middle of an answer.
  while (test.server->counters().pages == 0) std::this_thread::yield();
  auto pages = std::make_shared<PageSet>();
  pages->pages["/"] = make_page({"text/plain", "new", "no-cache", {}});
  test.board.publish(pages);
  int old = 0;
  for (int i = 0; i < 300; ++i) {
    const Answer answer = client.read_answer();
    ASSERT_TRUE(answer.body == "new" || (answer.body == TestServer::home() && old == i)) << i;
    if (answer.body != "new") ++old;
  }
  EXPECT_GT(old, 0);
  EXPECT_LT(old, 300);
}

TEST(HttpServer, hands_everything_else_to_the_handler) {
  TestServer test;
  RawClient client = test.connect();
  EXPECT_EQ(client.ask(get("//a/./b%20c/?x=1+2&y")).body,
            "GET /a/b c\n?x=1 2\n?y=\npeer 127.0.0.1 secure false local false\n");
  EXPECT_EQ(client.ask("POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello").body,
            "POST /p\npeer 127.0.0.1 secure false local false\nhello");
  EXPECT_EQ(client
                .ask("PUT /p HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n")
                .body,
            "PUT /p\npeer 127.0.0.1 secure false local false\nabcdefg");
  EXPECT_EQ(client.ask(get("http://example.org/tiny")).body, "x");
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").status, 204);
  EXPECT_EQ(test.server->counters().handled, 3u);
}

TEST(HttpServer, answers_pipelined_requests_in_order) {
  TestServer test;
  RawClient client = test.connect();
  std::string requests;
  for (int i = 0; i < 30; ++i) requests += get(i % 3 == 0 ? fmt::format("/n{}", i) : "/tiny");
  client.send(requests);
  for (int i = 0; i < 30; ++i) {
    const Answer answer = client.read_answer();
    if (i % 3 == 0) {
      EXPECT_TRUE(answer.body.starts_with(fmt::format("GET /n{}\n", i))) << answer.body;
    } else {
      EXPECT_EQ(answer.body, "x");
    }
  }
}

TEST(HttpServer, answers_a_client_that_has_ended_its_side) {
  TestServer test;
  for (const std::string_view target : {"/", "/handled"}) {
    RawClient client = test.connect();
    client.send(get(target));
    client.end_output();
    EXPECT_EQ(client.read_answer().status, 200);
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HttpServer, closes_when_asked_and_for_http_1_0) {
  TestServer test;
  for (const std::string_view request :
       {"GET /tiny HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", "GET /tiny HTTP/1.0\r\n\r\n",
        "GET /other HTTP/1.0\r\n\r\n"}) {
    RawClient client = test.connect();
    const Answer answer = client.ask(request);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(HttpServer, asks_for_a_body_that_waits_to_be_asked_for) {
  TestServer test;
  RawClient client = test.connect();
  client.send("POST /p HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(client.ask("ok").body.ends_with("ok"));
}

TEST(HttpServer, turns_exceptions_and_impossible_headers_into_500) {
  TestServer test({}, [](const Request& request) -> Response {
    if (request.path == "/throw") throw std::runtime_error("on purpose");
    if (request.path == "/int") throw 7;
    return {200, {{"Location", "/a\r\nSet-Cookie: b"}}, ""};
  });
  RawClient client = test.connect();
  EXPECT_EQ(client.ask(get("/throw")).status, 500);
  EXPECT_EQ(client.ask(get("/int")).status, 500);
  const Answer split = client.ask(get("/split"));
  EXPECT_EQ(split.status, 500);
  EXPECT_EQ(split.header("set-cookie"), "");
}

TEST(HttpServer, says_503_at_once_when_the_queue_is_full) {
  std::counting_semaphore<> release(0);
  std::latch busy(1);
  ServerOptions options;
  options.workers = 1;
  options.limits.queued_requests = 1;
  TestServer test(options, [&](const Request& request) -> Response {
    if (request.path == "/first") busy.count_down();
    release.acquire();
    return {200, {}, "done"};
  });
  RawClient first = test.connect(), second = test.connect(), third = test.connect();
  first.send(get("/first"));
  busy.wait();
  second.send(get("/second"));
  while (test.server->counters().handled < 2) std::this_thread::yield();
  const Answer refused = third.ask(get("/third"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(third.ask(get("/tiny")).status, 200);  // pages need no worker
  release.release(2);
  EXPECT_EQ(first.read_answer().body, "done");
  EXPECT_EQ(second.read_answer().body, "done");
}

TEST(HttpServer, finishes_the_request_under_way_when_it_stops) {
  std::latch busy(1);
  std::counting_semaphore<> release(0);
  TestServer test({}, [&](const Request&) -> Response {
    busy.count_down();
    release.acquire();
    return {200, {}, "finished"};
  });
  RawClient idle = test.connect(), working = test.connect();
  EXPECT_EQ(idle.ask(get("/tiny")).status, 200);
  working.send(get("/work"));
  busy.wait();
  std::jthread stopper([&] { test.server.reset(); });
  EXPECT_TRUE(idle.at_end());
  release.release();
  const Answer answer = working.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_TRUE(working.at_end());
}

TEST(HttpServer, listens_on_a_unix_socket_for_its_owner_only) {
  char folder[] = "/tmp/nocturn-net-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/hub.sock";
  ServerOptions options;
  options.unix_socket = path;
  {
    // What a killed process leaves behind.
    const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.copy(where.sun_path, path.size());
    ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    ::close(stale);
  }
  {
    TestServer test(options);
    struct stat found{};
    ASSERT_EQ(::lstat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
    EXPECT_EQ(RawClient(path).ask(get("/who")).body,
              "GET /who\npeer unix secure false local true\n");
    PageBoard board;
    options.listen = "127.0.0.1:0";
    const auto second = HttpServer::start(options, test.clock, board, TestServer::echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_EQ(RawClient(path).ask(get("/tiny")).status, 200);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(folder);
}

TEST(HttpServer, says_why_it_cannot_start) {
  TestServer test;
  PageBoard board;
  const auto start = [&](ServerOptions options) {
    return HttpServer::start(std::move(options), test.clock, board, TestServer::echo);
  };
  ServerOptions taken;
  taken.listen = test.server->address();
  EXPECT_EQ(start(taken).error().code, ErrorCode::conflict);
  ServerOptions nowhere;
  nowhere.listen = "8080";
  EXPECT_EQ(start(nowhere).error().code, ErrorCode::invalid);
  ServerOptions no_key;
  no_key.listen = "127.0.0.1:0";
  no_key.tls = {"/nonexistent.pem", "/nonexistent.key"};
  EXPECT_EQ(start(no_key).error().subject, "/nonexistent.pem");
}

}  // namespace
}  // namespace nocturn::net
