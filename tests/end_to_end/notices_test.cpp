#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "end_to_end/hub_alone.h"
#include "support/postfix_server.h"

// Notices as their readers get them: a hub, a real mail server, its mailbox read back; while hub
// and server are killed in the middle of it.
namespace nocturn::testing {
namespace {

constexpr int kInstitutions = 4, kContactsEach = 100;

struct Mail {
  std::string to, subject, message_id, references, unsubscribe, whole;
};

std::string header(const std::string& mail, const std::string& name) {
  const std::size_t at = mail.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  std::size_t from = at + name.size() + 3;
  std::size_t until = mail.find('\n', from);
  while (until + 1 < mail.size() && (mail[until + 1] == ' ' || mail[until + 1] == '\t'))
    until = mail.find('\n', until + 1);
  return mail.substr(from, until - from);
}

std::vector<Mail> read_mails(const PostfixServer& server) {
  std::vector<Mail> all;
  for (std::string& mail : server.mails())
    all.push_back({header(mail, "X-Original-To"), header(mail, "Subject"),
                   header(mail, "Message-ID"), header(mail, "References"),
                   header(mail, "List-Unsubscribe"), std::move(mail)});
  return all;
}

class Notices : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostfixServer::can_run()) GTEST_SKIP() << "only root can start a Postfix";
    auto server = PostfixServer::start({});
    ASSERT_TRUE(server) << server.error().text();
    server_ = std::move(*server);
    hub_ = std::make_unique<HubAlone>(HubAlone::Options{
        .configuration = "notifications:\n  from: status@example.org\n  smtp: {host: 127.0.0.1, "
                         "port: " +
                         std::to_string(server_->port()) + ", security: none}\n"});
    ASSERT_TRUE(hub_->start()) << hub_->log();
    import_customers();
  }

  // Institution "lib-N" uses catalog-N; its contacts want to hear of that.
  void import_customers() {
    std::ofstream institutions(hub_->folder() / "i.csv"), contacts(hub_->folder() / "c.csv"),
        assets(hub_->folder() / "a.csv");
    institutions << "id,name,territory,time_zone,language,aliases\n";
    contacts << "institution,name,email,language,products\n";
    assets << "institution,product,instance,from,until\n";
    for (int i = 0; i < kInstitutions; ++i) {
      institutions << fmt::format("lib-{},Library {},emea,Europe/Amsterdam,{},\n", i, i,
                                  i == 1 ? "he" : "en");
      assets << fmt::format("lib-{},catalog,catalog-{},2026-01-01,\n", i, i);
      for (int c = 0; c < kContactsEach; ++c)
        contacts << fmt::format("lib-{},Reader {},{},,catalog\n", i, c, address(i, c));
    }
    institutions.close();
    contacts.close();
    assets.close();
    for (const char* table : {"i.csv", "c.csv", "a.csv"}) {
      const Outcome done = nocturn({"customer", "import", (hub_->folder() / table).string()});
      ASSERT_EQ(done.ending.exit_code, 0) << done.errors;
    }
  }

  static std::string address(int institution, int contact) {
    return fmt::format("reader{}@lib{}.example", contact, institution);
  }
  static std::set<std::string> readers_of(int institution) {
    std::set<std::string> all;
    for (int c = 0; c < kContactsEach; ++c) all.insert(address(institution, c));
    return all;
  }

  Outcome nocturn(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", hub_->data().string()});
    return hub_->nocturn(std::move(arguments));
  }
  void declare(int instance, const std::string& indicator) {
    const Outcome done = nocturn({"status", "declare", fmt::format("catalog-{}", instance),
                                  indicator, "--because", "A switch in the hall failed."});
    ASSERT_EQ(done.ending.exit_code, 0) << done.errors << hub_->log();
  }
  // Waits until everybody of them has a mail that comes after `before`; what each got.
  std::map<std::string, std::vector<Mail>> wait_for(const std::set<std::string>& readers,
                                                    std::size_t before) {
    std::map<std::string, std::vector<Mail>> got;
    for (int i = 0; i < 1200; ++i) {
      if (server_->mail_count() >= before + readers.size()) {
        got.clear();
        for (Mail& mail : read_mails(*server_)) got[mail.to].push_back(std::move(mail));
        if (std::ranges::all_of(readers, [&](const auto& one) { return got.contains(one); }))
          return got;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << "only " << server_->mail_count() << " mails came\n"
                  << server_->log() << hub_->log();
    return got;
  }
  // Nothing waits in hub or server.
  void wait_until_all_is_told() {
    for (int i = 0; i < 1200; ++i) {
      const Outcome list = nocturn({"notification", "list", "--json"});
      if (list.output.contains("\"queued\":0,\"tried\":0") && server_->queued() == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ADD_FAILURE() << "deliveries still wait\n" << hub_->log();
  }

  std::unique_ptr<PostfixServer> server_;
  std::unique_ptr<HubAlone> hub_;
};

TEST_F(Notices, reach_the_right_readers_once_and_again_when_it_is_over) {
  const Outcome preview = nocturn({"notification", "preview", "catalog-0", "--topic", "trouble"});
  EXPECT_TRUE(preview.output.contains("100 would be told, 100 of them contacts")) << preview.output;
  declare(0, "interruption");
  auto got = wait_for(readers_of(0), 0);
  wait_until_all_is_told();
  EXPECT_EQ(server_->mail_count(), 100U) << "one each, and nobody else";
  declare(0, "normal");
  wait_for(readers_of(0), 100);
  wait_until_all_is_told();
  got.clear();
  for (Mail& mail : read_mails(*server_)) got[mail.to].push_back(std::move(mail));
  ASSERT_EQ(got.size(), 100U);
  for (const auto& [reader, mails] : got) {
    ASSERT_EQ(mails.size(), 2U) << reader;
    EXPECT_EQ(mails[0].references, mails[1].references) << "one thread";
    EXPECT_NE(mails[0].message_id, mails[1].message_id);
    EXPECT_FALSE(mails[0].unsubscribe.empty());
  }
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
  ASSERT_TRUE(server_->wait_for_mails(1)) << server_->log();
  const std::string asked = read_mails(*server_)[0].whole;
  EXPECT_TRUE(hub_->get("/subscriptions/" + token_in(asked)).contains("<form"));
  EXPECT_TRUE(nocturn({"notification", "subscriptions"}).output.contains("pending"))
      << "following the link confirms nothing";
  EXPECT_EQ(post("/subscriptions/" + token_in(asked), ""), "200");
  declare(3, "performance");
  std::set<std::string> readers = readers_of(3);
  readers.insert("ann@example.net");
  auto got = wait_for(readers, 1);
  wait_until_all_is_told();
  for (Mail& mail : read_mails(*server_)) got[mail.to].push_back(std::move(mail));
  std::string link;  // of the news; the request to confirm has none
  for (const Mail& mail : got["ann@example.net"])
    if (!mail.unsubscribe.empty()) link = mail.unsubscribe;
  ASSERT_TRUE(link.contains("/subscriptions/")) << link;
  const std::string path = link.substr(link.find("/subscriptions/"));
  EXPECT_EQ(post(path.substr(0, path.find('>')), "List-Unsubscribe=One-Click"), "200");
  const std::size_t before = server_->mail_count();
  declare(3, "normal");
  wait_for(readers_of(3), before);
  wait_until_all_is_told();
  EXPECT_EQ(server_->mail_count(), before + kContactsEach) << "and none to who left";
}

TEST_F(Notices, lose_nobody_when_hub_and_mail_server_are_killed_in_the_middle) {
  declare(2, "interruption");
  declare(3, "interruption");
  std::size_t kills = 0;
  for (const bool the_hub : {true, false, true, false, true}) {
    const std::size_t before = server_->mail_count();
    for (int i = 0; i < 100 && server_->mail_count() < before + 10; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ++kills;
    if (the_hub) {
      hub_->kill();
      ASSERT_TRUE(hub_->start()) << hub_->log();
    } else {
      server_->kill();
      ASSERT_TRUE(server_->start_again()) << server_->log();
    }
  }
  std::set<std::string> readers = readers_of(2);
  readers.merge(readers_of(3));
  const auto got = wait_for(readers, 0);
  wait_until_all_is_told();
  std::size_t repeated = 0;
  for (const auto& [reader, unused] : got) EXPECT_TRUE(readers.contains(reader)) << reader;
  std::map<std::string, std::set<std::string>> ids;  // by reader
  for (const Mail& mail : read_mails(*server_)) {
    const bool fresh = ids[mail.to].insert(mail.message_id).second;
    repeated += fresh ? 0 : 1;
  }
  EXPECT_EQ(ids.size(), readers.size());
  // The first mail of each reader tells of the trouble; one more may tell that another row joined.
  for (const auto& [reader, some] : ids) EXPECT_LE(some.size(), 2U) << reader;
  // A batch that was not recorded, and what was under way in each of four connections.
  EXPECT_LE(repeated, kills * (64 + 2 * 4));
  std::cout << repeated << " mails came twice after " << kills << " kills\n";
}

}  // namespace
}  // namespace nocturn::testing
