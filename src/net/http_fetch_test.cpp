#include "net/http_fetch.h"

#include <gtest/gtest.h>

#include "net/http_server.h"

namespace nocturn::net {
namespace {

class Fetch : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = HttpServer::start({.listen = "127.0.0.1:0", .unix_socket = {}, .workers = 2},
                                     clock_, board_, [this](const Request& request) {
                                       const std::lock_guard lock(mutex_);
                                       seen_ = request;
                                       return answer_;
                                     });
    ASSERT_TRUE(started) << started.error().text();
    server_ = *std::move(started);
  }
  std::string url(const std::string& path) const { return "http://" + server_->address() + path; }

  SystemClock clock_;
  PageBoard board_;
  std::mutex mutex_;
  Request seen_;
  Response answer_{.status = 200, .headers = {{"x-colour", "blue"}}, .body = "hello"};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(Fetch, sends_a_form_and_reads_the_answer) {
  const auto answer = fetch({.method = "POST",
                             .url = url("/token?a=b"),
                             .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                             .body = "code=1"});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->header("x-colour"), "blue");
  EXPECT_EQ(seen_.method, "POST");
  EXPECT_EQ(seen_.body, "code=1");
  EXPECT_EQ(seen_.parameter("a"), "b");
}

TEST_F(Fetch, hands_a_redirect_to_the_caller) {
  answer_ = {.status = 302, .headers = {{"location", url("/elsewhere")}}, .body = ""};
  const auto answer = fetch({.url = url("/here")});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(seen_.path, "/here");
}

TEST_F(Fetch, takes_no_more_than_it_was_told) {
  answer_.body = std::string(2'000, 'x');
  const auto answer = fetch({.url = url("/"), .largest = 1'999});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::limited);
  EXPECT_TRUE(fetch({.url = url("/"), .largest = 2'000}));
}

TEST_F(Fetch, refuses_other_schemes_and_headers_that_break_their_line) {
  EXPECT_FALSE(fetch({.url = "file:///etc/hostname"}));
  EXPECT_FALSE(fetch({.url = url("/"), .headers = {{"x", "a\r\nb: c"}}}));
}

TEST_F(Fetch, says_when_nobody_listens) {
  const std::string nobody = url("/");
  server_.reset();
  const auto answer = fetch({.url = nobody});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(answer.error().retry);
}

TEST_F(Fetch, ends_at_its_deadline) {
  std::unique_lock hold(mutex_);  // the server waits for it
  const SteadyTime before = clock_.steady();
  const auto answer = fetch({.url = url("/"), .deadline = std::chrono::milliseconds(150)});
  const Micros took = clock_.steady() - before;
  hold.unlock();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
  EXPECT_LT(took, std::chrono::seconds(3));
}

TEST(PrivateUrl, is_https_or_on_this_machine) {
  for (const char* url : {"https://id.example.org/", "http://127.0.0.1:8080/x", "http://[::1]:80/",
                          "http://localhost:8080", "http://127.9.9.9/"})
    EXPECT_TRUE(check_private(url)) << url;
  for (const char* url : {"http://id.example.org/", "http://10.0.0.1/", "http://localhost.example/",
                          "ftp://127.0.0.1/", "127.0.0.1", "http://[::2]/"})
    EXPECT_FALSE(check_private(url)) << url;
}

}  // namespace
}  // namespace nocturn::net
