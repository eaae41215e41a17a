#include <algorithm>

#include "net/http_exchange.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace nocturn::net {
namespace {

// Feeds `answer` in pieces of the given sizes, round and round; what came of it in one text.
std::string read(std::string_view answer, const std::vector<std::size_t>& pieces,
                 std::size_t limit = 1000) {
  ResponseReader reader(limit, false);
  for (std::size_t i = 0; !answer.empty(); ++i) {
    const auto size = std::min(pieces[i % pieces.size()], answer.size());
    const auto progress = reader.feed(answer.substr(0, size));
    if (!progress) return "refused: " + progress.error().message;
    answer.remove_prefix(size);
    const auto& got = reader.response();
    if (*progress == ResponseReader::Progress::done) {
      return fmt::format("{} [{}]{}", got.status, got.body, got.body_cut ? " cut" : "");
    }
  }
  if (const auto end = reader.end(); !end) return "refused: " + end.error().message;
  return fmt::format("{} [{}]", reader.response().status, reader.response().body);
}

TEST(ResponseReader, reads_the_forms_of_a_body) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", {100}), "200 [hi]");
  EXPECT_EQ(read("HTTP/1.0 200 OK\r\n\r\nhi", {100}), "200 [hi]");
  EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n", {100}), "204 []");
  EXPECT_EQ(
      read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", {100}),
      "200 [hi]");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\n0123456789", {100}, 4), "200 [0123] cut");
}

TEST(ResponseReader, tells_how_much_of_a_body_was_missing) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", {100}),
            "refused: the peer closed the connection after 2 bytes of the body of 9");
  EXPECT_EQ(read("", {100}), "refused: the peer closed the connection without an answer");
}

TEST(ResponseReader, refuses_two_lengths_that_disagree) {
  EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", {100})
                  .starts_with("refused"));
}

RC_GTEST_PROP(ResponseReaderProperty, pieces_do_not_matter, ()) {
  const std::string whole = *rc::gen::element<std::string>(
      "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX: y\r\n\r\nhello world",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\n"
      "T: 1\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"
      "hello world",
      "HTTP/1.0 200 OK\r\n\r\nhello world");
  const auto pieces =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange(1, 20)));
  RC_ASSERT(read(whole, pieces) == "200 [hello world]");
}

TEST(ClientRequest, sends_what_was_asked_and_no_more) {
  ClientRequest request;
  request.url = *parse_url("http://x:8080/a?b");
  EXPECT_EQ(to_bytes(request),
            "GET /a?b HTTP/1.1\r\nHost: x:8080\r\nUser-Agent: nocturn\r\nAccept: */*\r\n"
            "Connection: close\r\n\r\n");
  request.method = "POST";
  request.headers = {{"Host", "other"}, {"X", "y"}};
  request.body = "abc";
  EXPECT_EQ(to_bytes(request),
            "POST /a?b HTTP/1.1\r\nUser-Agent: nocturn\r\nAccept: */*\r\nHost: other\r\nX: y\r\n"
            "Content-Length: 3\r\nConnection: close\r\n\r\nabc");
}

TEST(ClientRequest, knows_what_cannot_be_a_header) {
  EXPECT_TRUE(is_header("X-Y", "a b\tc"));
  EXPECT_FALSE(is_header("", "a"));
  EXPECT_FALSE(is_header("X:Y", "a"));
  EXPECT_FALSE(is_header("X Y", "a"));
  EXPECT_FALSE(is_header("X", "a\r\nEvil: 1"));
}

}  // namespace
}  // namespace nocturn::net
