// What refused sign-ins leave behind: marks in the ledger, and what a restart must not forget.
#include "identity/refusals.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/house_test.h"
#include "identity/oidc/account.h"

namespace nocturn::identity {
namespace {

constexpr std::string_view kOne = "identity.sign_in.failed ";

class Refusals : public House {
 protected:
  static Client at(std::string_view address) {
    Client client;
    client.peer = address;
    client.secure = true;
    return client;
  }
  // How often the ledger says this.
  int count(std::string_view text) {
    const std::string ledger = whole_ledger();
    int found = 0;
    for (std::size_t i = 0; (i = ledger.find(text, i)) != std::string::npos; ++i) ++found;
    return found;
  }
  std::int64_t kept_tries() {
    std::int64_t rows = -1;
    EXPECT_TRUE(database_->read([&](store::Reader& reader) {
      return reader.query("SELECT COUNT(*) FROM sign_in_tries", {},
                          [&](const store::Row& row) { rows = row.integer(0); });
    }));
    return rows;
  }
  int guess(std::string_view address, const std::string& login = "ada") {
    Client client = at(address);
    return sign_in(client, login, "guess").status;
  }
  int provider_sign_in(const std::string& login, const std::string& subject = "1") {
    net::Request request;
    request.peer = "2001:db8:1:2:3::4";
    request.secure = true;
    const auto opened = sign_in_by_provider(identity_->parts(),
                                            {.provider = "staff",
                                             .issuer = "https://id.example.org",
                                             .subject = subject,
                                             .login = login,
                                             .name = {},
                                             .email = {}},
                                            request);
    settle();
    return opened ? 200 : http_status(opened.error().code);
  }
};

TEST_F(Refusals, of_a_locked_door_are_recorded_at_the_account) {
  Client ada = first_administrator();
  const std::string account = account_id(ada);
  for (int i = 0; i < 6; ++i) guess("192.0.2.7");
  EXPECT_EQ(count(kOne), 6);
  const std::string ledger = whole_ledger();
  EXPECT_TRUE(ledger.contains(R"("why":"too many tries")")) << ledger;
  const auto entries = ledger_->entries(0, 1000).value();
  EXPECT_EQ(entries.back().event.object, "account/" + account);
}

TEST_F(Refusals, of_one_kind_hide_no_other_and_are_summed_up_each) {
  first_administrator();
  for (int i = 0; i < 500; ++i) guess("192.0.2.7");
  EXPECT_EQ(guess("192.0.2.8", "nobody"), 401);
  EXPECT_EQ(provider_sign_in("nobody"), 404);
  EXPECT_EQ(count(R"("why":"too many tries")"), FailureLog::kMostAMinute);
  EXPECT_EQ(count(R"("why":"password")"), 6);
  EXPECT_EQ(count(R"("why":"no_account")"), 1);
  minute();
  EXPECT_EQ(count(R"("count":475,)"), 1) << whole_ledger();  // 500, less 5 wrong and 20 told
  EXPECT_EQ(count(R"("kind":"slowed")"), 1);
  EXPECT_EQ(count("failed_often"), 1);
}

TEST_F(Refusals, by_a_provider_are_recorded_with_whom_they_asked_for) {
  Client ada = first_administrator(), bede = person(ada, "bede");
  const std::string account = account_id(bede);
  EXPECT_EQ(provider_sign_in("bede"), 200);
  EXPECT_EQ(count(kOne), 0);
  EXPECT_EQ(provider_sign_in("bede", "somebody else"), 403);
  call(ada, "PUT", "/api/v1/accounts/" + account + "/disabled", {{"disabled", true}});
  EXPECT_EQ(provider_sign_in("bede"), 401);
  EXPECT_EQ(count(kOne), 2);
  EXPECT_EQ(ledger_->entries(0, 1000).value().back().event.object, "account/" + account);
  EXPECT_EQ(provider_sign_in("stranger", "nobody's"), 404);
  EXPECT_EQ(count(kOne), 3);
  EXPECT_EQ(ledger_->entries(0, 1000).value().back().event.object, "sign-in/nobody");
  EXPECT_TRUE(whole_ledger().contains(R"("address":"2001:db8:1:2::/64")"));
}

TEST_F(Refusals, are_not_forgotten_when_the_hub_is_brought_down) {
  Client ada = first_administrator();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(guess("192.0.2.7"), 401);
    clock_.advance(std::chrono::milliseconds(250));
  }
  open();
  EXPECT_EQ(guess("192.0.2.7"), 429);
  EXPECT_EQ(guess("198.51.100.1"), 429);  // at this account, from anywhere
  EXPECT_EQ(guess("198.51.100.1", "bede"), 401);
  ada.cookies.erase("nocturn");
  EXPECT_EQ(sign_in(ada, "ada", kPassword).status, 200);  // the owner's browser
  clock_.advance(std::chrono::hours(1));
  open();
  EXPECT_EQ(guess("192.0.2.7"), 401);
}

TEST_F(Refusals, are_written_down_so_often_and_no_more) {
  first_administrator();
  for (int i = 0; i < 10; ++i) guess(fmt::format("192.0.2.{}", i), fmt::format("user{}", i));
  EXPECT_EQ(kept_tries(), 2);  // of the first, at this moment: its address and its account
  clock_.advance(std::chrono::milliseconds(250));
  guess("192.0.2.0", "user0");
  EXPECT_EQ(kept_tries(), 20);
  for (int i = 0; i < 200; ++i) guess(fmt::format("2001:db8:{}::1", i), fmt::format("more{}", i));
  EXPECT_EQ(kept_tries(), 20);
  clock_.advance(std::chrono::milliseconds(250));
  guess("192.0.2.0", "user0");
  EXPECT_LE(kept_tries(), 120);
  minute();
  EXPECT_EQ(kept_tries(), 420);
  clock_.advance(std::chrono::hours(1));
  minute();
  EXPECT_EQ(kept_tries(), 0);
}

TEST_F(Refusals, that_are_kept_name_nobody) {
  first_administrator();
  guess("192.0.2.7", "typed my password here");
  std::string text;
  EXPECT_TRUE(database_->read([&](store::Reader& reader) {
    return reader.query("SELECT who FROM sign_in_tries", {},
                        [&](const store::Row& row) { text += row.text(0); });
  }));
  EXPECT_EQ(text.size(), 2u * 64);
  EXPECT_FALSE(text.contains("192.0.2") || text.contains("typed"));
}

}  // namespace
}  // namespace nocturn::identity
