#include "net/http_reader.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace nocturn::net {
namespace {

using Progress = RequestReader::Progress;

struct Read {
  Progress progress = Progress::more;
  int status = 0;
  std::string target, body, rest;
  bool keep_alive = false;
  bool operator==(const Read&) const = default;
};

// Feeds `bytes` in pieces that end at `cuts`, as a connection would.
Read read_all(std::string_view bytes, const std::vector<std::size_t>& cuts = {},
              ReaderLimits limits = {256, 64}) {
  RequestReader reader(limits);
  Read result;
  std::string held;
  std::size_t at = 0;
  auto ends = cuts;
  ends.push_back(bytes.size());
  for (const std::size_t end : ends) {
    held += bytes.substr(at, end - at);
    at = end;
    while (!held.empty() && result.progress != Progress::complete) {
      const auto [progress, consumed] = reader.feed(held);
      result.progress = progress;
      if (progress == Progress::head || (progress == Progress::complete && result.target.empty())) {
        result.target = reader.head().target;
        result.keep_alive = reader.head().keep_alive;
      }
      held.erase(0, consumed);
      if (progress == Progress::refused) {
        result.status = reader.refusal().status;
        return result;
      }
      if (progress == Progress::more) break;
    }
  }
  if (result.progress == Progress::complete) result.body = reader.take_body();
  result.rest = held;
  return result;
}

int refused(std::string_view bytes) { return read_all(bytes).status; }

TEST(RequestReader, reads_a_request_and_leaves_the_next) {
  const Read read = read_all("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b");
  EXPECT_EQ(read.progress, Progress::complete);
  EXPECT_EQ(read.target, "/a");
  EXPECT_EQ(read.rest, "GET /b");
  EXPECT_TRUE(read.keep_alive);
  EXPECT_EQ(read_all("GET /a HTTP/1.1\r\nHost: h\r\n").progress, Progress::more);
}

TEST(RequestReader, refuses_two_ways_to_tell_the_length) {
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n"),
            400);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                    "Content-Length: 3\r\n\r\n"),
            400);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                    "Content-Length: 3\r\n\r\n"),
            400);
  for (const std::string_view length :
       {"3, 3", "+3", "-1", "0x3", "3 3", "", "99999999999999999999"})
    EXPECT_EQ(
        refused(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", length)),
        400)
        << length;
}

TEST(RequestReader, knows_only_the_chunked_coding) {
  for (const std::string_view coding :
       {"gzip, chunked", "identity", "xchunked", "chunked, chunked"})
    EXPECT_EQ(
        refused(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: {}\r\n\r\n", coding)),
        501)
        << coding;
  EXPECT_EQ(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n"), 400);
}

TEST(RequestReader, refuses_folds_bare_line_feeds_and_controls) {
  for (const std::string_view head :
       {"Host: h\r\nX: a\r\n b\r\n", "Host: h\nX: a\r\n", "Host: h\r\nX: a\nY: b\r\n",
        "Host: h\r\nX: a\rb\r\n", "Host: h\r\nX Y: a\r\n", "Host: h\r\n: a\r\n", "Host: h\r\nX\r\n",
        " Host: h\r\n", "Host: h\r\nX: a\x01\r\n"})
    EXPECT_EQ(refused(fmt::format("GET / HTTP/1.1\r\n{}\r\n", head)), 400) << head;
  for (const std::string_view line :
       {"GET / HTTP/1.1\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET /a b HTTP/1.1\r\n",
        "GET / http/1.1\r\n", " GET / HTTP/1.1\r\n", "GET /\r\n", "G\x01T / HTTP/1.1\r\n"})
    EXPECT_EQ(refused(fmt::format("{}Host: h\r\n\r\n", line)), 400) << line;
}

TEST(RequestReader, wants_one_host_a_known_version_and_a_known_method) {
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(refused("GET / HTTP/1.2\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(refused("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(refused("get / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(refused("PUT / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n"), 417);
}

TEST(RequestReader, holds_its_limits) {
  const std::string line(300, 'a');
  EXPECT_EQ(refused("GET /" + line), 414);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: h\r\nX: " + line), 431);
  EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n"), 413);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refused(chunked + "41\r\n"), 413);
  EXPECT_EQ(refused(chunked + "ffffffffffffffff\r\n"), 413);
  EXPECT_EQ(refused(chunked + "10000000000000000\r\n"), 413);
  EXPECT_EQ(refused(chunked + "1;" + line), 400);
  EXPECT_EQ(refused(chunked + "1\r\nabcde"), 400);
  EXPECT_EQ(refused(chunked + "0\r\nX: " + line), 400);
}

// However the network cuts a request into pieces, it is the same request.
RC_GTEST_PROP(RequestReaderProperty, does_not_depend_on_how_bytes_arrive, ()) {
  const std::string bytes = *rc::gen::element<std::string>(
      "\r\nGET /a?b HTTP/1.1\r\nHost: h\r\nAccept: x\r\n\r\nGET /b",
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloPOST",
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3\r\nabc\r\na;n=v\r\n0123456789\r\n0\r\nT: x\r\n\r\nrest",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n");
  auto cuts =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, bytes.size()));
  std::ranges::sort(cuts);
  RC_ASSERT(read_all(bytes, cuts) == read_all(bytes));
}

}  // namespace
}  // namespace nocturn::net
