#include "notifications/fixture_test.h"
#include "support/mail_text.h"

// From a page that shows trouble to the mails about it, across restarts.
namespace nocturn::notifications {
namespace {

using status_page::Indicator;
using testing::header_of;
using Flow = FlowTest;

TEST_P(Flow, tells_a_confirmed_subscriber_of_trouble_and_of_its_end_and_nobody_else) {
  Subscription never;
  never.address = "never@example.org";
  never.choices.instances = {"cat-1"};
  ASSERT_TRUE(notifications_->desk().request(never, "192.0.2.1"));
  wait_for_mails(1);
  subscribe("ann@example.org", {.instances = {"cat-1"}});
  subscribe("bob@example.org", {.instances = {"cat-3"}});
  ASSERT_EQ(mails().size(), 3U) << "requests to confirm, and nothing else";

  declare("cat-1", Indicator::interruption);
  declare("cat-2", Indicator::interruption);
  look();
  auto all = wait_for_mails(4);
  ASSERT_EQ(all.size(), 4U);
  const std::string began = all[3];
  EXPECT_TRUE(began.contains("Delivered-To: ann@example.org"));
  EXPECT_EQ(header_of(began, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  EXPECT_EQ(header_of(began, "Auto-Submitted"), "auto-generated");
  EXPECT_TRUE(header_of(began, "Subject").contains("Catalog 1")) << began;

  declare("cat-1", Indicator::normal);
  look();
  all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(header_of(all[4], "References"), header_of(began, "References"));
  EXPECT_NE(header_of(all[4], "Message-ID"), header_of(began, "Message-ID"));

  ASSERT_TRUE(notifications_->desk().leave(token_in(began, Use::manage), ""));
  declare("cat-1", Indicator::interruption);
  look();
  declare("cat-3", Indicator::interruption);
  look();
  wait_for_mails(6);
  EXPECT_EQ(mails_in_the_end(), 6U) << "only bob's";
}

TEST_P(Flow, sends_what_was_queued_before_a_restart_and_repeats_nothing_that_was_recorded) {
  const auto ann = subscribe("ann@example.org", {.products = {"catalog"}});
  declare("cat-1", Indicator::performance);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  const RecipientId id = recipient_of(ann);
  end();
  open();  // a hub that ends before it carries anything out
  tell("a-note", {id.text()});
  end();
  begin();
  look();  // the same page: nothing new
  const auto all = wait_for_mails(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[2].contains("New search")) << all[2];
  EXPECT_EQ(mails_in_the_end(), 3U);
}

TEST_P(Flow, ends_a_notice_whose_row_left_the_configuration_once_and_says_so) {
  subscribe("ann@example.org", {.products = {"catalog"}});
  declare("cat-2", Indicator::interruption);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  // As a new configuration does: views that were made keep the old one.
  cloud_ = std::make_shared<inventory::Cloud>(*cloud_);
  cloud_->instances.erase(inventory::InstanceId("cat-2"));
  declared_.clear();
  look();
  const auto all = wait_for_mails(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(header_of(all[2], "References"), header_of(all[1], "References"));
  EXPECT_TRUE(header_of(all[2], "Subject").contains("No longer watched: Catalog 2")) << all[2];
  wait_until_quiet();
  end();
  begin();
  look();
  EXPECT_EQ(mails_in_the_end(), 3U) << "nothing is told twice";
}

TEST_P(Flow, ends_a_notice_whose_declaration_was_withdrawn_from_a_row_without_checks) {
  subscribe("ann@example.org", {.instances = {"cat-1"}});
  declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(2);
  end();  // the hub is away when it is withdrawn
  withdraw("cat-1");
  begin();
  look();
  const auto all = wait_for_mails(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(header_of(all[2], "Subject").contains("Operating normally")) << all[2];
}

TEST_P(Flow, prunes_deliveries_that_ended_long_ago_but_none_of_a_notice_that_goes_on) {
  const auto count = [&] {
    std::int64_t deliveries = 0;
    EXPECT_TRUE(database_->read([&](store::Reader& reader) -> Status {
      return reader.query("SELECT COUNT(*) FROM notifications_deliveries", {},
                          [&](const store::Row& row) { deliveries = row.integer(0); });
    }));
    return deliveries;
  };
  subscribe("ann@example.org", {.instances = {"cat-1"}});
  declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  notifications_->tidy_up();
  EXPECT_EQ(count(), 2) << "the confirmation and the notice, both young";
  cloud_->notifications.keep_days = -1;
  notifications_->tidy_up();
  EXPECT_EQ(count(), 1) << "the notice goes on";
  look();
  declare("cat-1", Indicator::normal);
  look();
  wait_for_mails(3);
  wait_until_quiet();
  notifications_->tidy_up();
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(mails().size(), 3U) << "nothing is told twice";
  notifications_->tidy_up();
}

INSTANTIATE_TEST_SUITE_P(Stores, Flow,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
