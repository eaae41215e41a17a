#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitoring/probes/probe_stand_test.h"
#include "monitoring/probes/sample_servers_test.h"
#include "monitoring/probes/sru_answer.h"

namespace nocturn::monitoring::test {
namespace {

using ::testing::HasSubstr;

Options search(const std::string& url, std::string_view query, Options more = {}) {
  Options options = {{"url", text(url)}, {"query", text(query)}};
  options.merge(more);
  return options;
}

class SruAgainstZebra : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { zebra_ = new ZebraServer; }
  static void TearDownTestSuite() { delete zebra_; }
  static inline ZebraServer* zebra_ = nullptr;
  ProbeStand stand_;
};

TEST_F(SruAgainstZebra, finds_the_records) {
  const Observation seen =
      stand_.run("sru", search(zebra_->url(), "dc.title=computer",
                               {{"min_hits", number(9)},
                                {"schema", text("marcxml")},
                                {"record_contains", text("How to program a computer")}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  ASSERT_EQ(seen.metrics.size(), 1u);
  EXPECT_EQ(seen.metrics[0].value, 9);
}

TEST_F(SruAgainstZebra, fails_below_the_floor_of_hits) {
  EXPECT_EQ(
      stand_.run("sru", search(zebra_->url(), "dc.title=computer", {{"min_hits", number(10)}}))
          .reason,
      "9 hits, at least 10 expected");
  EXPECT_EQ(stand_.run("sru", search(zebra_->url(), "dc.title=zweifel")).reason,
            "0 hits, at least 1 expected");
}

TEST_F(SruAgainstZebra, fails_on_a_diagnostic_in_the_place_of_a_hit) {
  const Observation seen =
      stand_.run("sru", search(zebra_->url(), "dc.title=computer", {{"schema", text("nowhere")}}));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("diagnostic 66"));
  EXPECT_EQ(seen.metrics.at(0).value, 9) << "nine hits, and no record";
}

TEST_F(SruAgainstZebra, fails_on_diagnostics_inside_http_200) {
  EXPECT_THAT(stand_.run("sru", search(zebra_->url(), "dc.nowhere=computer")).reason,
              HasSubstr("diagnostic 16"));
  EXPECT_THAT(stand_.run("sru", search(zebra_->url(), "dc.title=")).reason,
              HasSubstr("diagnostic 10"));
}

TEST_F(SruAgainstZebra, tells_a_wrong_database_by_the_status) {
  const Observation seen = stand_.run("sru", search(zebra_->url("nowhere"), "dc.title=computer"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "HTTP status 404");
}

TEST_F(SruAgainstZebra, fails_when_the_canary_is_not_in_the_record) {
  EXPECT_EQ(
      stand_
          .run("sru", search(zebra_->url(), "dc.title=computer",
                             {{"schema", text("marcxml")}, {"record_contains", text("canary")}}))
          .reason,
      "the first record does not contain \"canary\"");
}

TEST(Sru, sees_an_index_cut_short_that_reports_no_error) {
  ZebraServer zebra;
  zebra.break_index();
  const Observation seen = ProbeStand().run("sru", search(zebra.url(), "dc.title=computer"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "0 hits, at least 1 expected");
}

TEST(Sru, holds_its_deadline_against_a_stopped_server) {
  ZebraServer zebra;
  zebra.process().freeze();
  const Observation seen = ProbeStand().run("sru", search(zebra.url(), "dc.title=computer"), 600ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_LT(seen.took, 800ms);
  zebra.process().thaw();
}

TEST(Sru, fails_on_pages_that_are_no_answer) {
  const std::pair<std::string, std::string> pages[] = {
      {"<html><h1>Welcome</h1></html>", "the answer is <html>, not <searchRetrieveResponse>"},
      {"It works!", "not XML"},
      {"<a><b></a>", "not XML"},
      {"<searchRetrieveResponse/>", "does not say how many"},
      {"<searchRetrieveResponse><numberOfRecords>many</numberOfRecords></searchRetrieveResponse>",
       "does not say how many"},
      {"<searchRetrieveResponse><numberOfRecords>3</numberOfRecords></searchRetrieveResponse>",
       "hits, but no record"},
  };
  for (const auto& [page, reason] : pages) {
    Peer peer(answers(http_answer(page)));
    const Observation seen = ProbeStand().run("sru", search(peer.url(), "computer"));
    EXPECT_EQ(seen.outcome, Outcome::failed) << page;
    EXPECT_THAT(seen.reason, HasSubstr(reason));
  }
}

TEST(SruAnswer, reads_all_versions_by_local_names) {
  for (const char* space :
       {"http://www.loc.gov/zing/srw/", "http://docs.oasis-open.org/ns/search-ws/sruResponse"}) {
    const std::string body = fmt::format(
        "<?xml version='1.0'?><x:searchRetrieveResponse xmlns:x='{}'>"
        "<x:numberOfRecords> 12 </x:numberOfRecords><x:records><x:record>"
        "<x:recordSchema>info:srw/schema/1/dc-v1.1</x:recordSchema>"
        "<x:recordPacking>string</x:recordPacking>"
        "<x:recordData>&lt;title&gt;Cats &amp;amp; dogs&lt;/title&gt;</x:recordData>"
        "</x:record></x:records></x:searchRetrieveResponse>",
        space);
    const auto answer = sru::parse_answer(body);
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->hits, 12);
    ASSERT_TRUE(answer->first);
    EXPECT_FALSE(answer->first->diagnostic);
    EXPECT_TRUE(answer->first->contains("<title>Cats"));
  }
}

TEST(SruAnswer, bears_very_deep_answers) {
  std::string body;
  for (int depth = 0; depth < 100'000; ++depth) body += "<a>";
  for (int depth = 0; depth < 100'000; ++depth) body += "</a>";
  EXPECT_FALSE(sru::parse_answer(body));
  EXPECT_TRUE(
      sru::parse_answer("<searchRetrieveResponse><numberOfRecords>1</numberOfRecords>"
                        "<records><record><recordData>" +
                        body + "</recordData></record></records></searchRetrieveResponse>"));
}

TEST(SruAnswer, escapes_the_query) {
  EXPECT_EQ(sru::query_string({"1.1", "dc.title=\"a & b\"", "marcxml"}),
            "version=1.1&operation=searchRetrieve&query=dc.title%3D%22a%20%26%20b%22"
            "&maximumRecords=1&recordSchema=marcxml");
  EXPECT_EQ(sru::query_string({"2.0", "cat", ""}), "query=cat&maximumRecords=1");
}

}  // namespace
}  // namespace nocturn::monitoring::test
