#include "notifications/letters/payload_chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "support/sample_facts.h"

namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;
using status_page::Indicator;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHostile =
    "<!channel> <@U024BE7LH> @here @channel, (@everyone) mail a@b.example "
    "<https://evil.example|the bank> [the bank](https://evil.example) ![x](https://evil.example/x) "
    "[a][b] {{DATE(2026-11-22T06:00:00Z)}} & \"quotes\" \u202e";

Telling note(int rows) {
  Telling telling;
  telling.notice = NoticeId("0199-notice");
  telling.number = 1;
  telling.at = testing::sample_now();
  telling.words = kHostile;
  telling.next_update = testing::sample_now() + 30min;
  telling.rows = {{.instance = "discovery-eu01",
                   .indicator = Indicator::interruption,
                   .since = testing::sample_now() - 2min,
                   .because = kHostile}};
  for (int i = 1; i < rows; ++i)
    telling.rows.push_back({.instance = fmt::format("row-{}", i), .because = kHostile});
  return telling;
}

Json body_of(const Telling& telling, ChatRoom room, const char* language = "en") {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  Recipient recipient;
  recipient.language = language;
  const Occasion occasion{cloud, recipient, {.page = "https://status.example.org/"}};
  const std::string body = chat_body(occasion, telling, telling.rows, room);
  EXPECT_LE(body.size(), 25'000u);
  const auto parsed = parse_json(body);
  EXPECT_TRUE(parsed.has_value());
  return parsed.value_or(nullptr);
}

std::string text_of(const Telling& telling) {
  const Json body = body_of(telling, ChatRoom::text);
  EXPECT_FALSE(body.at("mrkdwn").as_bool());
  return std::string(body.at("text").as_string());
}

TEST(Chat, tells_what_where_since_when_and_the_page) {
  Telling telling = note(1);
  telling.words.clear();
  telling.rows[0].because.clear();
  EXPECT_EQ(text_of(telling),
            "Service interruption: Discovery EU01\n"
            "An instance that you follow is in trouble.\n"
            "Next update, at the latest: 22 Nov 2026, 08:15 CET (07:15 UTC)\n"
            "• Discovery EU01: Service interruption, since 22 Nov 2026, 07:43 CET (06:43 UTC)\n"
            "https://status.example.org/");
}

TEST(Chat, calls_nobody_and_hides_no_link) {
  const std::string text = text_of(note(1));
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_THAT(text, HasSubstr("&lt;!channel&gt; &lt;@\u2060U024BE7LH&gt;"));
  for (const char* call : {"@here", "@channel", "@everyone"})
    EXPECT_THAT(text, Not(HasSubstr(call)));
  EXPECT_THAT(text, HasSubstr("a@b.example"));
  EXPECT_THAT(text, Not(HasSubstr("](")));
  EXPECT_THAT(text, Not(HasSubstr("][")));
  EXPECT_THAT(text, HasSubstr("&amp; \"quotes\""));
  EXPECT_THAT(text, Not(HasSubstr("\u202e")));
}

TEST(Chat, card_holds_text_that_is_not_read_as_markup) {
  const Json body = body_of(note(1), ChatRoom::adaptive_card);
  EXPECT_EQ(body.at("type"), "message");
  const Json& attachment = body.at("attachments").at(0);
  EXPECT_EQ(attachment.at("contentType"), "application/vnd.microsoft.card.adaptive");
  const Json& card = attachment.at("content");
  EXPECT_EQ(card.at("body").at(0).at("inlines").at(0).at("text"),
            "Service interruption: Discovery EU01");
  for (const Json& block : card.at("body").as_array()) {
    EXPECT_EQ(block.at("type"), "RichTextBlock");
    const Json& run = block.at("inlines").at(0);
    EXPECT_EQ(run.at("type"), "TextRun");
    EXPECT_THAT(std::string(run.at("text").as_string()), Not(HasSubstr("{{")));
  }
  EXPECT_EQ(card.at("actions").at(0).at("url"), "https://status.example.org/");
  EXPECT_FALSE(card.at("rtl").as_bool());
  const Json hebrew = body_of(note(1), ChatRoom::adaptive_card, "he");
  EXPECT_TRUE(hebrew.at("attachments").at(0).at("content").at("rtl").as_bool());
}

TEST(Chat, names_ten_rows_and_counts_the_others) {
  Telling telling = note(1000);
  for (ToldRow& row : telling.rows) row.because.clear();
  EXPECT_THAT(text_of(telling), HasSubstr("and 990 more; the status page shows them all.\n"));
}

TEST(Chat, stays_bounded_with_hostile_text) {
  Telling telling = note(1000);
  for (int i = 0; i < 1000; ++i) telling.words += "\n\n<" + std::string(60, '"') + "@here]";
  body_of(telling, ChatRoom::text);
  body_of(telling, ChatRoom::adaptive_card);
  telling.words = "";
  for (int i = 0; i < 5000; ++i) telling.words += "a\n\n";
  body_of(telling, ChatRoom::text);
  body_of(telling, ChatRoom::adaptive_card);
}

TEST(Chat, knows_the_rooms_of_microsoft_by_their_hosts) {
  for (const char* card : {"https://prod-12.westeurope.logic.azure.com:443/workflows/x?sig=y",
                           "https://default0.1a.environment.api.powerplatform.com/powerautomate/x",
                           "https://example.webhook.office.com/webhookb2/x"})
    EXPECT_EQ(chat_room_of(card), ChatRoom::adaptive_card) << card;
  for (const char* text : {"https://hooks.slack.com/services/T/B/x", "https://chat.example/hooks/x",
                           "https://evil.example/logic.azure.com", "nonsense", ""})
    EXPECT_EQ(chat_room_of(text), ChatRoom::text) << text;
}

}  // namespace
}  // namespace nocturn::notifications
