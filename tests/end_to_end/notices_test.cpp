#include <map>

#include <fmt/format.h>

#include "end_to_end/notice_site.h"

// Notices as their readers get them: a hub, a real mail server, its mailbox read back.
namespace nocturn::testing {
namespace {

constexpr std::size_t kEach = 100;

// Institution "lib-N" uses catalog-N; its contacts want to hear of that.
Readers library(int number) {
  return {.institution = fmt::format("lib-{}", number),
          .count = kEach,
          .assets = {fmt::format("catalog,catalog-{},2026-01-01,", number)},
          .language = number == 1 ? "he" : "en"};
}

class Notices : public NoticeSite {
 protected:
  void SetUp() override {
    NoticeSite::SetUp();
    if (!IsSkipped()) import_customers({library(0), library(1), library(2), library(3)});
  }
  std::map<std::string, std::vector<Mail>> by_reader() {
    std::map<std::string, std::vector<Mail>> got;
    for (const Mail& mail : mailbox_->read()) got[mail.to].push_back(mail);
    return got;
  }
};

TEST_F(Notices, reach_the_right_readers_once_and_again_when_it_is_over) {
  const Outcome preview = nocturn({"notification", "preview", "catalog-0", "--topic", "trouble"});
  EXPECT_TRUE(preview.output.contains("100 would be told, 100 of them contacts")) << preview.output;
  declare("catalog-0", "interruption");
  wait_for_mails(kEach);
  wait_until_all_is_told();
  EXPECT_EQ(mail_count(), kEach) << "one each, and nobody else";
  declare("catalog-0", "normal");
  wait_for_mails(2 * kEach);
  wait_until_all_is_told();
  const auto got = by_reader();
  for (const std::string& reader : library(0).addresses()) EXPECT_TRUE(got.contains(reader));
  ASSERT_EQ(got.size(), kEach);
  for (const auto& [reader, mails] : got) {
    ASSERT_EQ(mails.size(), 2U) << reader;
    EXPECT_EQ(mails[0].references, mails[1].references) << "one thread";
    EXPECT_NE(mails[0].message_id, mails[1].message_id);
    EXPECT_FALSE(mails[0].unsubscribe.empty());
  }
}

// The page of the next start shows what this one had no time to tell; nothing else happens then.
TEST_F(Notices, are_told_at_the_next_start_when_the_hub_died_before_it_told_them) {
  for (const char* indicator : {"interruption", "normal"}) {
    const std::size_t before = mail_count();
    declare("catalog-2", indicator);
    hub_->kill();
    ASSERT_TRUE(hub_->start()) << hub_->log();
    wait_for_mails(before + kEach);
    wait_until_all_is_told();
  }
  EXPECT_EQ(mail_count(), 2 * kEach);
}

// The token of the first link in a mail's text, as a reader's program would see it.
std::string token_in(std::string mail) {
  for (std::size_t at; (at = mail.find("=\n")) != std::string::npos;) mail.erase(at, 2);
  const std::string link = "/subscriptions/";
  const std::size_t at = mail.find(link);
  return at == std::string::npos ? "" : mail.substr(at + link.size(), 44);
}

TEST_F(Notices, begin_with_a_confirmed_request_and_end_with_one_click) {
  const auto post = [&](const std::string& path, const std::string& form) {
    const auto outcome = run_to_end({{"curl", "-s", "-m", "10", "-o", "/dev/null", "-w",
                                      "%{http_code}", "-d", form, hub_->url() + path}});
    return outcome ? outcome->output : outcome.error().text();
  };
  EXPECT_EQ(
      post("/subscribe", "email=ann@example.net&instance=catalog-3&topic=trouble&language=en"),
      "200");
  wait_for_mails(1);
  const std::string asked = text_of(mailbox_->read().at(0));
  EXPECT_TRUE(hub_->get("/subscriptions/" + token_in(asked)).contains("<form"));
  EXPECT_TRUE(nocturn({"notification", "subscriptions"}).output.contains("pending"))
      << "following the link confirms nothing";
  EXPECT_EQ(post("/subscriptions/" + token_in(asked), ""), "200");
  declare("catalog-3", "performance");
  wait_for_mails(1 + kEach + 1);
  wait_until_all_is_told();
  std::string link;  // of the news; the request to confirm has none
  const auto mails = by_reader();
  for (const Mail& mail : mails.at("ann@example.net"))
    if (!mail.unsubscribe.empty()) link = mail.unsubscribe;
  ASSERT_TRUE(link.contains("/subscriptions/")) << link;
  const std::string path = link.substr(link.find("/subscriptions/"));
  EXPECT_EQ(post(path.substr(0, path.find('>')), "List-Unsubscribe=One-Click"), "200");
  const std::size_t before = mail_count();
  declare("catalog-3", "normal");
  wait_for_mails(before + kEach);
  wait_until_all_is_told();
  EXPECT_EQ(mail_count(), before + kEach) << "and none to who left";
}

}  // namespace
}  // namespace nocturn::testing
