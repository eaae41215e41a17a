#include <atomic>

#include <zlib.h>

#include "monitoring/probes/probe_stand_test.h"

namespace nocturn::monitoring::test {
namespace {

Options expecting(const std::string& url, Options expect) {
  return {{"url", text(url)}, {"expect", section(std::move(expect))}};
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<unsigned>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(HttpProbe, passes_on_the_expected_page_with_all_phases) {
  Peer peer(answers(http_answer("a canary sings")));
  ProbeStand stand;
  const auto seen = stand.run(
      "http", expecting(peer.url("/search?q=canary"),
                        {{"status", list({"200"})}, {"body_contains", list({"canary"})}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_EQ(seen.address, peer.target());
  EXPECT_GE(seen.phases.connect, 0us);
  EXPECT_GE(seen.phases.first_byte, 0us);
  EXPECT_GE(seen.phases.transfer, 0us);
  EXPECT_LT(seen.phases.tls, 0us);
  EXPECT_EQ(seen.transcript, (std::vector<std::string>{"> GET " + peer.url("/search?q=canary"),
                                                       "< 200 OK, 14 bytes"}));
}

TEST(HttpProbe, says_in_one_line_what_is_wrong_with_the_answer) {
  Peer peer(answers(
      http_answer(R"({"status":"degraded","hits":[0,7]})", "Content-Type: application/json\r\n")));
  ProbeStand stand;
  const auto reason = [&](Options expect) {
    const auto seen = stand.run("http", expecting(peer.url(), std::move(expect)));
    return seen.outcome == Outcome::failed ? seen.reason : "passed";
  };
  EXPECT_EQ(reason({{"status", list({"204", "3xx"})}}), "status 200 OK, expected 204 and others");
  EXPECT_EQ(reason({{"body_contains", list({"status", "canary"})}}),
            "\"canary\" is not in the body (its 34 bytes)");
  EXPECT_EQ(reason({{"body_not_contains", list({"degraded"})}}), "\"degraded\" is in the body");
  EXPECT_EQ(reason({{"body_matches", text("hits.:\\[[1-9]")}}),
            "the body (its 34 bytes) does not match hits.:\\[[1-9]");
  EXPECT_EQ(reason({{"header", section({{"Content-Type", text("^text/")}})}}),
            "header content-type is \"application/json\", expected to match ^text/");
  EXPECT_EQ(reason({{"json", section({{"$.status", text("ok")}})}}),
            "$.status is \"degraded\", expected \"ok\"");
  EXPECT_EQ(reason({{"json", section({{"$.hits[1]", text("/^[89]$/")}})}}),
            "$.hits[1] is \"7\", expected /^[89]$/");
  EXPECT_EQ(reason({{"json", section({{"$.hits[2]", text("1")}})}}), "there is no $.hits[2]");
  EXPECT_EQ(reason({{"size_min", number(100)}}), "the body has 34 bytes, at least 100 expected");
  EXPECT_EQ(reason({{"size_max", number(10)}}),
            "the body has 34 bytes or more, at most 10 expected");
  EXPECT_EQ(reason({{"certificate_days", real(1)}}),
            "no certificate: the answer did not come over TLS");
  EXPECT_EQ(
      reason(
          {{"json", section({{"$.status", text("/^(ok|degraded)$/")}, {"$.hits[1]", text("7")}})}}),
      "passed");
}

TEST(HttpProbe, fails_on_a_document_that_is_old_or_of_a_time_to_come) {
  ProbeStand stand;
  const SystemClock clock;
  const auto reason = [&](const std::string& made, const std::string& most) {
    Peer peer(answers(http_answer(fmt::format(R"({{"made":"{}"}})", made))));
    const auto seen =
        stand.run("http", expecting(peer.url(), {{"json_age", section({{"$.made", text(most)}})}}));
    return seen.outcome == Outcome::failed ? seen.reason : "passed";
  };
  const auto ago = [&](Micros age) { return to_rfc3339(clock.wall() - age); };
  EXPECT_EQ(reason(ago(1min), "5m"), "passed");
  EXPECT_EQ(reason(ago(-1min), "5m"), "passed") << "clocks differ a little";
  EXPECT_TRUE(reason(ago(12min), "5m").starts_with("$.made is 12m"));
  EXPECT_TRUE(reason(ago(12min), "5m").ends_with(" old, at most 5m expected"));
  EXPECT_TRUE(reason(ago(-1h), "5m").ends_with(" ahead, at most 5m expected"));
  EXPECT_EQ(reason("yesterday", "5m"), "$.made is \"yesterday\", which is not a time");
}

TEST(HttpProbe, cannot_tell_when_the_check_itself_cannot_be_carried_out) {
  ProbeStand stand;
  EXPECT_EQ(stand.run("http", {{"url", text("ftp://x/")}}).outcome, Outcome::cannot_tell);
  EXPECT_EQ(
      stand.run("http", expecting("http://127.0.0.1:9/", {{"body_matches", text("(")}})).outcome,
      Outcome::cannot_tell);
}

TEST(HttpProbe, reads_chunks_gzip_and_answers_that_end_with_the_connection) {
  const std::string body = "<html>a canary sings</html>";
  const std::string zipped = gzip(body);
  const std::vector<std::string> answers_of_old{
      "HTTP/1.0 200 OK\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html\r\n16;x=y\r\n" +
          body.substr(5) + "\r\n0\r\nTrailer: 1\r\n\r\n",
      http_answer(zipped, "Content-Encoding: gzip\r\n"),
      http_answer(zipped + gzip(" and more"), "Content-Encoding: gzip\r\n"),
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
          http_answer(body)};
  for (const auto& answer : answers_of_old) {
    for (const bool in_pieces : {false, true}) {
      Peer peer([&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        if (!in_pieces) return void(wire.write(answer));
        for (const char c : answer) wire.write({&c, 1});
      });
      ProbeStand stand;
      const auto seen = stand.run(
          "http", expecting(peer.url(), {{"body_matches", text("^<html>a canary sings</html>")}}));
      EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason << " for " << answer;
    }
  }
}

TEST(HttpProbe, follows_redirects_and_leaves_secrets_at_home) {
  std::string seen_by_stranger;
  Peer stranger([&](Wire& wire) {
    seen_by_stranger = wire.read_until("\r\n\r\n");
    wire.write(http_answer("canary"));
  });
  Peer home([&](Wire& wire) {
    const auto request = wire.read_until("\r\n\r\n");
    if (request.starts_with("POST /a ")) {
      wire.write("HTTP/1.1 302 Found\r\nLocation: b?x=1#y\r\nContent-Length: 0\r\n\r\n");
    } else if (request.starts_with("GET /b?x=1 ")) {
      EXPECT_NE(request.find("Cookie: s=1"), request.npos);
      wire.write("HTTP/1.1 307 Go\r\nLocation: " + stranger.url("/c") + "\r\n\r\n");
    }
  });
  ProbeStand stand;
  auto options = expecting(home.url("/a"), {{"body_contains", list({"canary"})}});
  options.emplace("method", text("POST"));
  options.emplace("headers", section({{"Cookie", text("s=1")}, {"X-Other", text("2")}}));
  const auto seen = stand.run("http", options);
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_EQ(seen.address, stranger.target());
  EXPECT_EQ(seen_by_stranger.find("Cookie"), std::string::npos);
  EXPECT_NE(seen_by_stranger.find("X-Other: 2"), std::string::npos);
}

TEST(HttpProbe, does_not_follow_a_redirect_that_was_expected) {
  Peer peer(answers("HTTP/1.1 301 Moved\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"));
  ProbeStand stand;
  EXPECT_EQ(stand.run("http", expecting(peer.url(), {{"status", list({"301"})}})).outcome,
            Outcome::passed);
}

TEST(HttpProbe, ends_redirects_that_run_in_circles_or_without_end) {
  Peer circle(answers("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"));
  ProbeStand stand;
  EXPECT_EQ(stand.run("http", {{"url", text(circle.url())}}).reason,
            "redirected in a circle, back to " + circle.url());
  std::atomic<int> count = 0;
  Peer endless([&](Wire& wire) {
    wire.read_until("\r\n\r\n");
    wire.write(fmt::format("HTTP/1.1 302 Found\r\nLocation: /{}\r\n\r\n", ++count));
  });
  const auto seen =
      stand.run("http", {{"url", text(endless.url())}, {"follow_redirects", number(10)}});
  EXPECT_EQ(seen.reason, "more than 10 redirects, the last to " + endless.url("/11"));
  EXPECT_EQ(count, 11);
}

TEST(HttpProbe, basic_auth_comes_from_a_file_and_is_never_shown) {
  char path[] = "/tmp/nocturn-secret-XXXXXX";
  const int file = ::mkstemp(path);
  ASSERT_EQ(::write(file, "sesame\n", 7), 7);
  ::close(file);
  std::string request;
  Peer peer([&](Wire& wire) {
    request = wire.read_until("\r\n\r\n");
    wire.write(http_answer(""));
  });
  ProbeStand stand;
  const auto seen = stand.run(
      "http", {{"url", text(peer.url())},
               {"basic_auth",
                section({{"user", text("ali")}, {"password", section({{"file", text(path)}})}})}});
  ::unlink(path);
  EXPECT_EQ(seen.outcome, Outcome::passed);
  EXPECT_NE(request.find("Authorization: Basic YWxpOnNlc2FtZQ==\r\n"), request.npos) << request;
  for (const auto& line : seen.transcript) EXPECT_EQ(line.find("sesame"), line.npos);
}

TEST(HttpProbe, bearer_comes_from_a_file_and_is_never_shown) {
  char path[] = "/tmp/nocturn-secret-XXXXXX";
  const int file = ::mkstemp(path);
  ASSERT_EQ(::write(file, "sesame\n", 7), 7);
  ::close(file);
  std::string request;
  Peer peer([&](Wire& wire) {
    request = wire.read_until("\r\n\r\n");
    wire.write(http_answer(""));
  });
  ProbeStand stand;
  const auto seen = stand.run(
      "http", {{"url", text(peer.url())}, {"bearer", section({{"file", text(path)}})}});
  ::unlink(path);
  EXPECT_EQ(seen.outcome, Outcome::passed);
  EXPECT_NE(request.find("Authorization: Bearer sesame\r\n"), request.npos) << request;
  for (const auto& line : seen.transcript) EXPECT_EQ(line.find("sesame"), line.npos);
}

// ---- peers that mean harm: each ends within its deadline and its bound ----

struct Hostile {
  const char* name;
  Peer::Script script;
  const char* reason;
};

const std::vector<Hostile>& hostile_peers() {
  static const std::vector<Hostile> peers{
      {"accepts_and_says_nothing", [](Wire& wire) { wire.hang(); },
       "no answer within 700ms: still waiting for the first byte"},
      {"one_byte_at_a_time",
       [](Wire& wire) {
         wire.write("HTTP/1.1 200 OK\r\nX: ");
         while (wire.write("x") && wire.pause(100ms)) {
         }
       },
       "no answer within 700ms: still in the middle of the answer"},
      {"endless_headers",
       [](Wire& wire) {
         wire.write("HTTP/1.1 200 OK\r\n");
         while (!wire.over() && wire.write("X-Y: " + std::string(1000, 'z') + "\r\n")) {
         }
       },
       "the answer's head is longer than 64 KiB"},
      {"one_endless_header",
       [](Wire& wire) {
         wire.write("HTTP/1.1 200 OK\r\nX: ");
         while (!wire.over() && wire.write(std::string(4000, 'z'))) {
         }
       },
       "the answer's head is longer than 64 KiB"},
      {"endless_chunk_line",
       [](Wire& wire) {
         wire.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;");
         while (!wire.over() && wire.write(std::string(4000, 'z'))) {
         }
       },
       "a line longer than 64 KiB"},
      {"endless_interim_answers",
       [](Wire& wire) {
         while (!wire.over() && wire.write("HTTP/1.1 100 Continue\r\n\r\n")) {
         }
       },
       "interim answers without end"},
      {"closes_without_a_word", [](Wire& wire) { wire.read_until("\r\n\r\n"); },
       "the peer closed the connection without an answer"},
      {"closes_within_the_head",
       [](Wire& wire) {
         wire.read_until("\r\n\r\n");
         wire.write("HTTP/1.1 200 OK\r\nX: y");
       },
       "the peer closed the connection within the answer's head"},
      {"content_length_never_reached",
       answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345"),
       "the peer closed the connection after 5 bytes of the body of 100"},
      {"chunks_cut_off",
       answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"),
       "the peer closed the connection after 5 bytes of the body"},
      {"not_gzip_at_all", answers(http_answer("hello", "Content-Encoding: gzip\r\n")),
       "not a valid HTTP answer: the body is not the gzip it claims to be"},
      {"another_protocol", answers("SSH-2.0-OpenSSH_9.2\r\n"),
       "not a valid HTTP answer: bad version"},
      {"resets_in_the_middle",
       [](Wire& wire) {
         wire.read_until("\r\n\r\n");
         wire.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345");
         wire.pause(50ms);
         wire.reset();
       },
       "connection reset by the peer"},
  };
  return peers;
}

class HostileHttp : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileHttp, ends_in_time_and_in_bounds) {
  Peer peer(GetParam().script);
  ProbeStand stand;
  const long before = resident_kib();
  const auto seen = stand.run("http", {{"url", text(peer.url())}}, 700ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_NE(seen.reason.find(GetParam().reason), std::string::npos) << seen.reason;
  EXPECT_LT(resident_kib() - before, 8 * 1024);
}

INSTANTIATE_TEST_SUITE_P(Peers, HostileHttp, ::testing::ValuesIn(hostile_peers()),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(HttpProbe, a_gzip_bomb_costs_no_more_than_an_honest_page) {
  const std::string bomb = gzip(std::string(200 * 1024 * 1024, '0'));
  ASSERT_LT(bomb.size(), 300 * 1024u);
  Peer peer(answers(http_answer(bomb, "Content-Encoding: gzip\r\n")));
  ProbeStand stand;
  const long before = resident_kib();
  const auto seen = stand.run("http", expecting(peer.url(), {{"body_contains", list({"1"})}}));
  EXPECT_EQ(seen.reason, "\"1\" is not in the body (the first 1048576 bytes)");
  EXPECT_LT(resident_kib() - before, 8 * 1024);
}

TEST(HttpProbe, reads_no_more_than_its_limit_of_an_endless_page) {
  Peer peer([](Wire& wire) {
    wire.read_until("\r\n\r\n");
    wire.write("HTTP/1.0 200 OK\r\n\r\n");
    while (!wire.over() && wire.write(std::string(65536, 'x'))) {
    }
  });
  ProbeStand stand;
  const auto seen = stand.run("http", {{"url", text(peer.url())}, {"max_body", number(100000)}});
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_NE(seen.transcript.at(1).find("(cut)"), std::string::npos);
}

}  // namespace
}  // namespace nocturn::monitoring::test
