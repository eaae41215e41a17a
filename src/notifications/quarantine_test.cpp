#include "notifications/events.h"
#include "notifications/fixture_test.h"
#include "support/mail_text.h"

// What who was in quarantine hears once they are released.
namespace nocturn::notifications {
namespace {

using status_page::Indicator;
using testing::header_of;
using Quarantine = FlowTest;

TEST_P(Quarantine, tells_who_is_released_from_quarantine_how_it_stands_once) {
  const auto ann = subscribe("ann@example.org", {.instances = {"cat-1", "cat-2"}});
  subscribe("bob@example.org", {.instances = {"cat-1"}});
  declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(4);
  wait_until_quiet();
  const RecipientId id = recipient_of(ann);
  std::vector<events::Settled> ends;
  ASSERT_TRUE(database_->read([&](store::Reader& reader) {
    return reader.query(
        "SELECT id FROM notifications_deliveries WHERE recipient = ? AND purpose = 'telling'",
        {id.text()}, [&](const store::Row& row) {
          ends.push_back({row.integer(0), Delivery::State::bounced, "5.1.1"});
        });
  }));
  ASSERT_FALSE(ends.empty());
  record({events::settled(ends), events::quarantined(id, "it bounced")});
  declare("cat-2", Indicator::interruption);
  look();
  EXPECT_EQ(mails_in_the_end(), 4U) << "nothing goes to who is in quarantine";
  record({events::released(id, "test")});
  const auto all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[4].contains("Delivered-To: ann@example.org"));
  EXPECT_TRUE(all[4].contains("Catalog 2")) << "as it stands now";
  look();
  EXPECT_EQ(mails_in_the_end(), 5U) << "once";
}

TEST_P(Quarantine, tells_the_end_to_who_was_in_quarantine_then_and_had_heard_of_it) {
  const auto ann = subscribe("ann@example.org", {.instances = {"cat-1"}});
  const auto bob = subscribe("bob@example.org", {.instances = {"cat-1"}});
  declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(4);
  wait_until_quiet();
  for (const auto& confirmed : {ann, bob})
    record({events::quarantined(recipient_of(confirmed), "said that it is unwanted")});
  declare("cat-1", Indicator::normal);
  look();
  EXPECT_EQ(mails_in_the_end(), 4U) << "nothing goes to who is in quarantine";
  record({events::released(recipient_of(ann), "test")});
  const auto all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[4].contains("Delivered-To: ann@example.org"));
  EXPECT_TRUE(header_of(all[4], "Subject").contains("Operating normally")) << all[4];
  wait_until_quiet();
  look();
  EXPECT_EQ(mails_in_the_end(), 5U) << "once";
  declare("cat-1", Indicator::performance);
  look();
  wait_for_mails(6);
  wait_until_quiet();
  record({events::released(recipient_of(bob), "test")});
  const auto last = wait_for_mails(7);
  ASSERT_EQ(last.size(), 7U);
  EXPECT_TRUE(last[6].contains("Delivered-To: bob@example.org"));
  EXPECT_FALSE(header_of(last[6], "Subject").contains("Operating normally"))
      << "it is in trouble again: " << last[6];
}

INSTANTIATE_TEST_SUITE_P(Stores, Quarantine,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
