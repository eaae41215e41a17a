#include "notifications/bounces/bounce.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "nocturn_notifications_test_embedded.h"
#include "notifications/bounces/fields.h"

namespace nocturn::notifications {
namespace {

using Kind = Bounce::Kind;

constexpr std::string_view kToken = "k3f9q2m7x1c8v5b0";
constexpr std::string_view kMessageId = "0199a2c4.2.51f0@status.example.net";

std::string mail(std::string_view name) {
  const auto file = fixtures::embedded(fmt::format("tests/fuzz/corpus/bounce/{}.eml", name));
  EXPECT_TRUE(file.has_value()) << name;
  return std::string(file.value_or(""));
}

struct Expected {
  const char* name;
  Kind kind;
  const char* status;
};

TEST(Bounce, is_read_from_the_reports_of_common_servers) {
  constexpr Expected kReports[] = {
      {"postfix_unknown", Kind::hard, "5.1.1"},
      {"postfix_expired", Kind::soft, "4.4.1"},
      {"exim_unrouteable", Kind::hard, "5.0.0"},
      {"exim_prose", Kind::hard, ""},
      {"exchange_unknown", Kind::hard, "5.1.10"},
      {"exchange_policy", Kind::soft, "5.7.1"},
      {"gmail_full", Kind::soft, "5.2.2"},
      {"gmail_domain", Kind::hard, "5.1.2"},
      {"qmail", Kind::hard, "5.1.1"},
  };
  for (const auto& [name, kind, status] : kReports) {
    const Bounce bounce = read_bounce(mail(name), "");
    EXPECT_EQ(name_of(bounce.kind), name_of(kind)) << name;
    EXPECT_EQ(bounce.status, status) << name;
    EXPECT_EQ(bounce.recipient, std::string_view(name) == "gmail_domain" ? "reader@library.invalid"
                                                                         : "reader@library.example")
        << name;
    EXPECT_EQ(bounce.token, kToken) << name;
    EXPECT_EQ(bounce.message_id, kMessageId) << name;
  }
}

TEST(Bounce, is_not_what_only_looks_like_one) {
  for (const char* name : {"postfix_delayed", "out_of_office", "vacation_from_postmaster", "person",
                           "read_receipt", "delivered", "complaint_not_spam", "nested"})
    EXPECT_EQ(name_of(read_bounce(mail(name), "bounces+abc").kind), "none") << name;
  EXPECT_EQ(read_bounce("", "").kind, Kind::none);
  EXPECT_EQ(read_bounce(std::string(2 << 20, '\0'), "").kind, Kind::none);
}

TEST(Bounce, of_a_recipient_who_complains_is_a_complaint) {
  const Bounce bounce = read_bounce(mail("complaint"), "");
  EXPECT_EQ(bounce.kind, Kind::complaint);
  EXPECT_EQ(bounce.recipient, "reader@library.example");
  EXPECT_EQ(bounce.said, "feedback: abuse");
  EXPECT_EQ(bounce.token, kToken);
}

TEST(Bounce, keeps_the_words_of_the_server_as_one_line) {
  EXPECT_EQ(read_bounce(mail("postfix_unknown"), "").said,
            "550 5.1.1 <reader@library.example>: Recipient address rejected: User unknown in "
            "local recipient table");
  EXPECT_EQ(read_bounce(mail("hostile"), "").said, "550 [31mgone <b> 550 5.1.1 continued");
}

TEST(Bounce, believes_the_envelope_more_than_the_returned_letter) {
  EXPECT_EQ(read_bounce(mail("qmail"), "bounces+other7@status.example.net").token, "other7");
  EXPECT_EQ(read_bounce(mail("qmail"), "bounces+other7").token, "other7");
  EXPECT_EQ(read_bounce(mail("qmail"), "bounces@status.example.net").token, kToken);
  EXPECT_EQ(read_bounce(mail("qmail"), "bounces+../etc@status.example.net").token, kToken);
}

TEST(Bounce, claims_no_more_than_a_hostile_mail_can_prove) {
  const Bounce bounce = read_bounce(mail("hostile"), "");
  EXPECT_EQ(bounce.recipient, "");
  EXPECT_EQ(bounce.token, "");
  EXPECT_EQ(bounce.status, "5.1.1");
}

TEST(Bounce, knows_internationalised_addresses) {
  const Bounce bounce = read_bounce(mail("internationalised"), "");
  EXPECT_EQ(bounce.recipient, "קורא@ספרייה.example");
  EXPECT_EQ(bounce.kind, Kind::hard);
  EXPECT_EQ(bounce.token, kToken);
}

TEST(Bounce, takes_a_report_that_was_cut_off_as_far_as_it_goes) {
  EXPECT_EQ(read_bounce(mail("no_end"), "bounces+abc").kind, Kind::none);
  const std::string whole = mail("exchange_unknown");
  const std::string cut = whole.substr(0, whole.find("X-Display-Name"));
  EXPECT_EQ(read_bounce(cut, "bounces+abc").kind, Kind::hard);
}

TEST(Bounce, finds_codes_only_where_they_stand_alone) {
  EXPECT_EQ(status_in("550 5.1.1 unknown"), "5.1.1");
  EXPECT_EQ(status_in("(#5.7.26)"), "5.7.26");
  EXPECT_EQ(status_in("gone: 5.1.1."), "5.1.1");
  EXPECT_EQ(status_in("host 5.1.1.7 and 15.1.1, v5.1.1"), "");
  EXPECT_EQ(status_in("5.1"), "");
  EXPECT_EQ(status_in("5.1."), "");
  EXPECT_EQ(reply_code_in("said: 550-no"), 550);
  EXPECT_EQ(reply_code_in("call 5501 or 1-550 or x@550 y"), 0);
  EXPECT_EQ(reply_code_in("421"), 421);
}

RC_GTEST_PROP(Bounce, survives_any_damage_to_a_report, ()) {
  std::string damaged = mail(*rc::gen::element("postfix_unknown", "qmail", "complaint", "hostile"));
  for (int i = *rc::gen::inRange(1, 30); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, damaged.size());
    damaged[at] = *rc::gen::arbitrary<char>();
  }
  const Bounce bounce = read_bounce(damaged, "bounces+abc");
  RC_ASSERT(bounce.said.find('\n') == bounce.said.npos);
  RC_ASSERT(bounce.kind == Kind::none || bounce.token == "abc");
}

}  // namespace
}  // namespace nocturn::notifications
