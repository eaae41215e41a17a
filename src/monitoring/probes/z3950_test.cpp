#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitoring/probes/ber.h"
#include "monitoring/probes/probe_stand_test.h"
#include "monitoring/probes/sample_servers_test.h"
#include "monitoring/probes/z3950_answer.h"
#include "monitoring/probes/z3950_request.h"

namespace nocturn::monitoring::test {
namespace {

using ::testing::HasSubstr;

Options search(const std::string& target, std::string_view query, Options more = {}) {
  Options options = {{"target", text(target)}, {"query", text(query)}};
  options.merge(more);
  return options;
}

TEST(Z3950, finds_the_records_of_a_real_catalog) {
  ZebraServer zebra;
  const Observation seen =
      ProbeStand().run("z3950", search(zebra.target(), "@attr 1=4 computer",
                                       {{"min_hits", number(9)},
                                        {"record_syntax", text("xml")},
                                        {"present_contains", text("How to program a computer")}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  ASSERT_EQ(seen.metrics.size(), 1u);
  EXPECT_EQ(seen.metrics[0].name, "hits");
  EXPECT_EQ(seen.metrics[0].value, 9);
  EXPECT_GE(seen.phases.connect, Micros(0));
  EXPECT_GT(seen.phases.first_byte, Micros(0));
  EXPECT_THAT(seen.transcript, ::testing::Contains(HasSubstr("init accepted: Zebra")));
}

TEST(Z3950, fails_below_the_floor_of_hits) {
  ZebraServer zebra;
  const Observation seen = ProbeStand().run(
      "z3950", search(zebra.target(), "@attr 1=4 computer", {{"min_hits", number(10)}}));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "9 hits, at least 10 expected");
}

TEST(Z3950, sees_an_index_cut_short_that_reports_no_error) {
  ZebraServer zebra;
  zebra.break_index();
  const Observation seen = ProbeStand().run("z3950", search(zebra.target(), "@attr 1=4 computer"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "0 hits, at least 1 expected");
}

TEST(Z3950, tells_a_wrong_database_by_its_diagnostic) {
  ZebraServer zebra;
  const Observation seen =
      ProbeStand().run("z3950", search(zebra.target("nowhere"), "@attr 1=4 computer"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("diagnostic 109"));
}

TEST(Z3950, fails_on_a_record_syntax_that_the_server_refuses) {
  ZebraServer zebra;
  const Observation seen = ProbeStand().run(
      "z3950", search(zebra.target(), "@attr 1=4 computer", {{"record_syntax", text("usmarc")}}));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("diagnostic 239"));
}

TEST(Z3950, holds_its_deadline_against_a_stopped_server) {
  ZebraServer zebra;
  zebra.process().freeze();
  const Observation seen =
      ProbeStand().run("z3950", search(zebra.target(), "@attr 1=4 computer"), 700ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("no answer within 700ms"));
  EXPECT_LT(seen.took, 900ms);
  zebra.process().thaw();
}

TEST(Z3950, fails_on_a_closed_port) {
  const Observation seen = ProbeStand().run(
      "z3950", search(fmt::format("127.0.0.1:{}/library", testing::free_port()), "computer"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("refused"));
}

TEST(Z3950, reads_marc_records_of_yaz_ztest) {
  ZtestServer ztest;
  ProbeStand stand;
  const Observation seen = stand.run(
      "z3950",
      search(ztest.target(), "7", {{"min_hits", number(7)}, {"record_syntax", text("usmarc")}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_EQ(stand.run("z3950", search(ztest.target(), "0")).reason, "0 hits, at least 1 expected");
  EXPECT_THAT(stand.run("z3950", search(ztest.target("elsewhere"), "7")).reason,
              HasSubstr("diagnostic 109"));
}

TEST(Z3950, measures_a_slow_search_and_gives_up_on_a_slower_one) {
  ZtestServer ztest;
  ProbeStand stand;
  const Observation slow =
      stand.run("z3950", search(ztest.target("Default?search-delay=0.6"), "7"));
  EXPECT_EQ(slow.outcome, Outcome::passed) << slow.reason;
  EXPECT_GE(slow.took, 600ms);
  const Observation slower =
      stand.run("z3950", search(ztest.target("Default?search-delay=3"), "7"), 500ms);
  EXPECT_EQ(slower.outcome, Outcome::failed);
  EXPECT_LT(slower.took, 700ms);
}

TEST(Z3950, cannot_tell_when_its_own_query_is_wrong) {
  const Observation seen =
      ProbeStand().run("z3950", search("127.0.0.1:210/library", "@attr 1= @and"));
  EXPECT_EQ(seen.outcome, Outcome::cannot_tell);
  EXPECT_THAT(seen.reason, HasSubstr("PQF"));
}

TEST(Z3950, ends_in_time_and_memory_whatever_a_peer_says) {
  const std::string endless_length("\xb4\x84\x7f\xff\xff\xff", 6);
  const std::vector<Peer::Script> scripts = {
      [](Wire& wire) { wire.hang(); },
      [](Wire&) {},
      [](Wire& wire) { wire.reset(); },
      [](Wire& wire) { wire.write("HTTP/1.1 400 Bad Request\r\n\r\n"); },
      [](Wire& wire) {
        while (wire.write(std::string(65536, 'x'))) {
        }
      },
      [&](Wire& wire) {
        wire.write(endless_length);
        while (wire.write(std::string(65536, '\0'))) {
        }
      },
      [](Wire& wire) {  // nested without end
        while (wire.write(std::string(4096, '\x30') + std::string(4096, '\x80'))) {
        }
      },
      [](Wire& wire) {
        while (wire.pause(20ms) && wire.write("\x36")) {
        }
      },
  };
  for (const auto& script : scripts) {
    Peer peer(script);
    const long before = resident_kib();
    const Observation seen =
        ProbeStand().run("z3950", search(peer.target() + "/library", "computer"), 600ms);
    EXPECT_EQ(seen.outcome, Outcome::failed) << seen.reason;
    EXPECT_LT(resident_kib() - before, 32 * 1024);
  }
}

TEST(Z3950, says_nothing_after_it_was_abandoned) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand().abandon("z3950", search(peer.target() + "/library", "computer"), 50ms);
}

TEST(Z3950Message, is_known_from_a_part_of_one) {
  const std::string message = z3950::init_request({"reader", "secret"});
  EXPECT_EQ(*z3950::message_length(message), message.size());
  EXPECT_EQ(*z3950::message_length(message + "x"), message.size());
  for (std::size_t cut = 0; cut < message.size(); ++cut) {
    EXPECT_EQ(*z3950::message_length(std::string_view(message).substr(0, cut)), 0u) << cut;
  }
  EXPECT_FALSE(z3950::decode("not Z39.50"));
}

TEST(Ber, reads_indefinite_lengths_and_segmented_strings) {
  using namespace std::string_view_literals;
  const auto element = ber::first_element("\x30\x80\x24\x80\x04\x02he\x04\x03llo\0\0\0\0rest"sv);
  ASSERT_TRUE(element && *element);
  EXPECT_EQ((*element)->size, 17u);
  const auto text = ber::universal_child(**element, 4);
  ASSERT_TRUE(text);
  EXPECT_EQ(ber::to_text(*text), "hello");
}

TEST(Ber, reads_integers_of_either_sign_and_object_identifiers) {
  using namespace std::string_view_literals;
  const auto primitive = [](std::string_view content) {
    ber::Element element;
    element.content = content;
    return element;
  };
  EXPECT_EQ(ber::to_integer(primitive("\xff"sv)), -1);
  EXPECT_EQ(ber::to_integer(primitive("\x00\xff"sv)), 255);
  EXPECT_EQ(ber::to_integer(primitive("\x80\0\0\0\0\0\0\0"sv)), INT64_MIN);
  EXPECT_FALSE(ber::to_integer(primitive("\x01\0\0\0\0\0\0\0\0"sv)));
  EXPECT_FALSE(ber::to_integer(primitive("")));
  EXPECT_EQ(ber::to_object_identifier(primitive("\x2a\x86\x48\xce\x13\x05\x0a"sv)),
            "1.2.840.10003.5.10");
}

TEST(Ber, refuses_what_can_never_become_an_element) {
  EXPECT_FALSE(ber::first_element("\x04\x80"));  // a string without an end
  EXPECT_FALSE(ber::first_element("\x30\x89"));  // a length of nine octets
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "\x30\x80";
  EXPECT_FALSE(ber::first_element(deep));
}

}  // namespace
}  // namespace nocturn::monitoring::test
