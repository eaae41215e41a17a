#include <atomic>

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/http_server_test_client.h"

// Bodies larger than usual: who may bring them is asked before any of them is taken.
namespace nocturn::net {
namespace {

using testing::Answer;
using testing::get;
using testing::RawClient;
using testing::TestServer;

constexpr std::size_t kUsual = 1'000, kLarge = 100'000;

// Lets in what says so.
struct LargeBodies {
  std::atomic<int> asked = 0;
  TestServer test{ServerOptions{
      .listen = "",
      .unix_socket = std::nullopt,
      .limits = {.body_bytes = kUsual, .large_body_bytes = kLarge},
      .admit = [this](const Request& head, std::size_t length) -> std::optional<Response> {
        ++asked;
        if (head.header("x-known") == "yes" && length <= kLarge) return std::nullopt;
        return Response{401, {}, "who are you?"};
      }}};
};

std::string post(std::size_t length, std::string_view more_headers = {}) {
  return fmt::format("POST /large HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n{}\r\n", length,
                     more_headers);
}

TEST(HttpServer, takes_a_large_body_of_who_may_bring_it) {
  LargeBodies large;
  RawClient client = large.test.connect();
  for (const std::size_t length : {kUsual + 1, kLarge}) {
    const std::string body(length, 'b');
    const Answer answer = client.ask(post(length, "X-Known: yes\r\n") + body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body.ends_with(body));
  }
  EXPECT_EQ(client.ask(get("/tiny")).body, "x");  // the connection goes on
  EXPECT_EQ(client.ask(post(kUsual) + std::string(kUsual, 'b')).status, 200);
  EXPECT_EQ(large.asked, 2);
}

TEST(HttpServer, refuses_a_large_body_before_it_comes) {
  LargeBodies large;
  RawClient stranger = large.test.connect();
  const Answer refused = stranger.ask(post(kLarge, "Expect: 100-continue\r\n"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body, "who are you?");
  EXPECT_TRUE(stranger.at_end());
  // A body that is on its way already does not cost the stranger the answer.
  RawClient eager = large.test.connect();
  EXPECT_EQ(eager.ask(post(kLarge) + std::string(kLarge, 'b')).status, 401);
  // Nor is there room beyond the largest, nor for who does not tell how much it will be.
  RawClient known = large.test.connect();
  EXPECT_EQ(known.ask(post(kLarge + 1, "X-Known: yes\r\n")).status, 413);
  RawClient chunked = large.test.connect();
  EXPECT_EQ(chunked
                .ask(fmt::format("POST /large HTTP/1.1\r\nHost: test\r\nX-Known: yes\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                                 kUsual + 1, std::string(kUsual + 1, 'b')))
                .status,
            413);
}

TEST(HttpServer, says_that_a_large_body_may_come) {
  LargeBodies large;
  RawClient client = large.test.connect();
  client.send(post(kLarge, "X-Known: yes\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.ask(std::string(kLarge, 'b')).status, 200);
}

TEST(HttpServer, takes_no_large_body_where_nobody_decides) {
  TestServer test{ServerOptions{.listen = "", .unix_socket = {}, .limits = {.body_bytes = kUsual}}};
  RawClient client = test.connect();
  EXPECT_EQ(client.ask(post(kUsual + 1, "X-Known: yes\r\n")).status, 413);
}

}  // namespace
}  // namespace nocturn::net
