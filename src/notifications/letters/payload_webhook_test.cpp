#include "notifications/letters/payload_webhook.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "support/sample_facts.h"

namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;
using status_page::Indicator;

Recipient program() {
  Recipient recipient;
  recipient.id = RecipientId("0199-program");
  recipient.channel = kWebhook;
  return recipient;
}

Telling interruption(int rows) {
  Telling telling;
  telling.notice = NoticeId("0199-notice");
  telling.number = 2;
  telling.step = Step::changed;
  telling.at = testing::sample_now();
  telling.next_update = testing::sample_now() + 30min;
  telling.rows = {{.instance = "catalog-eu01",
                   .indicator = Indicator::performance,
                   .since = testing::sample_now() - 3min,
                   .trouble_since = testing::sample_now() - 5min},
                  {.instance = "discovery-eu01", .indicator = Indicator::interruption}};
  for (int i = 2; i < rows; ++i) telling.rows.push_back({.instance = fmt::format("row-{}", i)});
  return telling;
}

Json body_of(const Telling& telling, std::size_t mine) {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  const Recipient recipient = program();
  const Occasion occasion{cloud, recipient, {.page = "https://status.example.org/"}};
  const std::string body = webhook_body(occasion, telling, std::span(telling.rows).first(mine));
  EXPECT_LE(body.size(), 256'000u);
  const auto parsed = parse_json(body);
  EXPECT_TRUE(parsed.has_value());
  return parsed.value_or(nullptr);
}

TEST(Webhook, body_is_a_cloud_event) {
  const Json event = body_of(interruption(2), 1);
  EXPECT_EQ(event.at("specversion"), "1.0");
  EXPECT_EQ(event.at("id"), "0199-notice.2.0199-program");
  EXPECT_EQ(event.at("source"), "https://status.example.org");
  EXPECT_EQ(event.at("type"), "org.nocturn.notice.changed");
  EXPECT_EQ(event.at("subject"), "0199-notice");
  EXPECT_EQ(event.at("time"), "2026-11-22T06:45:10Z");
  EXPECT_EQ(event.at("datacontenttype"), "application/json");
  const Json& data = event.at("data");
  EXPECT_EQ(data.at("indicator"), "performance");
  EXPECT_EQ(data.at("summary"), "Performance issues: Catalog EU01");
  EXPECT_EQ(data.at("next_update"), "2026-11-22T07:15:10Z");
  EXPECT_TRUE(data.at("window").is_null());
  EXPECT_EQ(data.at("rows_of_others"), 1);
  const Json& row = data.at("rows").at(0);
  EXPECT_EQ(row.at("instance"), "catalog-eu01");
  EXPECT_EQ(row.at("name"), "Catalog EU01");
  EXPECT_EQ(row.at("since"), "2026-11-22T06:42:10Z");
  EXPECT_EQ(row.at("url"), "https://status.example.org/instances/catalog-eu01");
}

TEST(Webhook, body_tells_how_many_rows_do_not_fit) {
  const Json event = body_of(interruption(1200), 1200);
  EXPECT_EQ(event.at("data").at("rows").as_array().size(), 500u);
  EXPECT_EQ(event.at("data").at("rows_left_out"), 700);
  EXPECT_EQ(event.at("data").at("rows").at(0).at("instance"), "discovery-eu01");
}

TEST(Webhook, body_stays_valid_and_bounded_with_hostile_text) {
  Telling telling = interruption(600);
  telling.title = std::string(9000, '"') + "\xff\u202e";
  for (int i = 0; i < 100'000; ++i) telling.words += "\\\"\n";
  for (ToldRow& row : telling.rows) row.because = std::string(9000, '\\');
  const Json event = body_of(telling, 600);
  EXPECT_GT(event.at("data").at("rows").as_array().size(), 50u);
}

// The same with  printf '1795329910.{"a":1}' | openssl dgst -sha256 -hmac 'whsec-test'
TEST(Webhook, signature_is_what_openssl_computes) {
  const WallTime at = WallTime(1795329910s) + 999ms;
  EXPECT_EQ(webhook_signature("whsec-test", at, R"({"a":1})"),
            "t=1795329910,v1=620332b09eab4a3894c9b4c0c1a61431dcb2e682a8c035d9be5ade46c394a770");
}

RC_GTEST_PROP(Webhook, signature_changes_with_every_part, ()) {
  const std::string secret = *rc::gen::nonEmpty<std::string>(),
                    body = *rc::gen::arbitrary<std::string>();
  const WallTime at{1s * *rc::gen::inRange(1, 2'000'000'000)};
  const std::string signature = webhook_signature(secret, at, body);
  RC_ASSERT(signature == webhook_signature(secret, at + 1us, body));
  RC_ASSERT(signature.substr(signature.find(',')) !=
            webhook_signature(secret, at + 1s, body).substr(signature.find(',')));
  RC_ASSERT(signature != webhook_signature(secret, at, body + "x"));
  RC_ASSERT(signature != webhook_signature(secret + "x", at, body));
}

}  // namespace
}  // namespace nocturn::notifications
