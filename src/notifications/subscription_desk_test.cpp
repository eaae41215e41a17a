#include <algorithm>

#include "notifications/fixture_test.h"

// What the public does with links and codes, with the mails that carry them.
namespace nocturn::notifications {
namespace {

class PublicDesk : public FlowTest {
 protected:
  // Asks for a webhook; the token of the mail to who answers for it.
  std::string ask(const std::string& url, const std::string& owner) {
    Subscription wanted;
    wanted.channel = kWebhook;
    wanted.address = url;
    wanted.owner = owner;
    wanted.choices.instances = {"cat-1"};
    const std::size_t before = mails().size();
    EXPECT_TRUE(notifications_->desk().request(wanted, "192.0.2.1"));
    return token_in(wait_for_mails(before + 1).back(), Use::confirm);
  }
};

TEST_P(PublicDesk, needs_the_code_where_many_people_read_an_address) {
  const auto confirmed = subscribe("list@example.org", {.instances = {"cat-1"}}, true);
  ASSERT_EQ(confirmed.code.size(), 8U);
  SubscriptionDesk& desk = notifications_->desk();
  EXPECT_EQ(desk.leave(confirmed.manage_token, "").error().code, ErrorCode::forbidden);
  EXPECT_EQ(desk.leave(confirmed.manage_token, "12345678").error().code, ErrorCode::forbidden);
  EXPECT_TRUE(desk.leave(confirmed.manage_token, confirmed.code));
  EXPECT_EQ(desk.look(confirmed.manage_token).error().code, ErrorCode::not_found);
}

TEST_P(PublicDesk, takes_a_link_once_and_joins_a_second_request_with_the_first) {
  const auto first = subscribe("ann@example.org", {.instances = {"cat-1"}});
  const auto second = subscribe("Ann@Example.org", {.instances = {"cat-2"}});
  EXPECT_EQ(first.manage_token, second.manage_token);
  const auto held = notifications_->desk().look(first.manage_token);
  ASSERT_TRUE(held) << held.error().text();
  EXPECT_EQ(held->choices.instances, (std::vector<std::string>{"cat-1", "cat-2"}));
  const std::string used = token_in(mails()[0], Use::confirm);
  EXPECT_EQ(notifications_->desk().confirm(used).error().code, ErrorCode::conflict);
  std::string forged = used;
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  EXPECT_EQ(notifications_->desk().confirm(forged).error().code, ErrorCode::not_found);
}

TEST_P(PublicDesk, gives_nobody_the_webhook_of_somebody_else) {
  const std::string url = "https://hooks.example.net/a";
  const auto victim = notifications_->desk().confirm(ask(url, "victim@example.net"));
  const auto thief = notifications_->desk().confirm(ask(url, "thief@example.org"));
  ASSERT_TRUE(victim);
  ASSERT_TRUE(thief);
  EXPECT_NE(victim->manage_token, thief->manage_token);
  EXPECT_NE(victim->signing_secret, thief->signing_secret);
  const auto again = notifications_->desk().confirm(ask(url, "thief@example.org"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->manage_token, thief->manage_token) << "joined with their own, not the victim's";
}

TEST_P(PublicDesk, asks_a_mailbox_three_times_at_most_in_whatever_spelling) {
  for (int i = 0; i < 3; ++i)
    ask(fmt::format("https://hooks.example.net/{}", i), "many@bücher.example");
  Subscription more;
  more.address = "MANY@xn--bcher-kva.example";
  more.choices.instances = {"cat-1"};
  EXPECT_TRUE(notifications_->desk().request(more, "192.0.2.7")) << "the answer is the same";
  wait_until_quiet();
  EXPECT_EQ(mails().size(), 3U);
}

TEST_P(PublicDesk, lets_strangers_cause_no_more_mails_an_hour_after_a_restart) {
  cloud_->notifications.confirmations_per_hour = 3;
  const auto ask = [&](int number) {
    Subscription wanted;
    wanted.address = fmt::format("stranger-{}@example.org", number);
    wanted.choices.instances = {"cat-1"};
    return notifications_->desk().request(wanted, "192.0.2.1");
  };
  for (const int number : {1, 2}) EXPECT_TRUE(ask(number));
  wait_until_quiet();  // mails that went count, too
  end();
  begin();
  EXPECT_TRUE(ask(3));
  const Status fourth = ask(4);
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().code, ErrorCode::limited);
}

TEST_P(PublicDesk, forgets_the_address_of_who_left) {
  const auto confirmed = subscribe("gone@example.org", {.instances = {"cat-1"}});
  wait_until_quiet();
  const auto entries_with_the_address = [&] {
    const auto entries = ledger_->entries(0, 1000);
    EXPECT_TRUE(entries);
    return std::ranges::count_if(*entries, [](const ledger::Entry& entry) {
      return entry.event.payload.contains("gone@example.org");
    });
  };
  EXPECT_EQ(entries_with_the_address(), 1) << "the request alone";
  ASSERT_TRUE(notifications_->desk().leave(confirmed.manage_token, ""));
  notifications_->tidy_up();
  EXPECT_EQ(entries_with_the_address(), 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, PublicDesk,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
