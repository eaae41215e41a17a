#include <atomic>
#include <fstream>
#include <functional>
#include <mutex>
#include <regex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "customers/customers.h"
#include "notifications/events.h"
#include "notifications/notifications.h"
#include "notifications/records.h"
#include "support/sample_ledger.h"
#include "support/scripted_peer.h"
#include "support/store_contract.h"

// From a page that shows trouble to mails in a Maildir, with everything between them real: store,
// ledger, loops, postman.
namespace nocturn::notifications {
namespace {

namespace fs = std::filesystem;
using status_page::Indicator;

constexpr ledger::Applier kAppliers[] = {{"notifications.", apply},
                                         {"customers.", customers::apply}};

// The page's rows as a person declares them.
class Page {
 public:
  explicit Page(std::string maildir) {
    cloud_ = std::make_shared<inventory::Cloud>();
    cloud_->name = "Example Library Cloud";
    cloud_->url = "https://status.example.org";
    cloud_->notifications.from = "status@example.org";
    cloud_->notifications.maildir = std::move(maildir);
    const inventory::TerritoryId territory("emea");
    cloud_->territories[territory] = {territory, "Europe", "Europe/Amsterdam"};
    for (const char* center : {"ams1", "fra1"})
      cloud_->data_centers[inventory::DataCenterId(center)] = {
          inventory::DataCenterId(center), center, territory, inventory::Role::primary, {}};
    cloud_->products[inventory::ProductId("catalog")] = {inventory::ProductId("catalog"),
                                                         "Catalog"};
    for (const char* id : {"cat-1", "cat-2", "cat-3"}) {
      inventory::Instance instance;
      instance.id = inventory::InstanceId(id);
      instance.name = fmt::format("Catalog {}", id + 4);
      instance.product = inventory::ProductId("catalog");
      instance.data_center = inventory::DataCenterId("ams1");
      cloud_->instances[instance.id] = instance;
    }
  }
  inventory::CloudPtr cloud() const { return cloud_; }
  // As a new configuration does: views that were made keep the old one.
  void take_away(const std::string& instance) {
    cloud_ = std::make_shared<inventory::Cloud>(*cloud_);
    cloud_->instances.erase(inventory::InstanceId(instance));
    declared_.erase(instance);
  }
  void keep_deliveries_for(int days) { cloud_->notifications.keep_days = days; }
  void confirm_at_most(int an_hour) { cloud_->notifications.confirmations_per_hour = an_hour; }
  void allow_private_webhooks() { cloud_->notifications.private_webhooks = true; }
  void withdraw(const std::string& instance) { withdrawn_.insert(instance); }
  void declare(const std::string& instance, Indicator indicator) {
    declared_[instance] = indicator;
  }

  status_page::ViewPtr view(WallTime now) const {
    status_page::Facts facts{.cloud = cloud_,
                             .now = now,
                             .recording_since = now - std::chrono::hours(2),
                             .watching_since = now - std::chrono::hours(2),
                             .address = "",
                             .stands = {}};
    for (const auto& [instance, indicator] : declared_)
      facts.declared.push_back(
          {.declaration = {.instance = inventory::InstanceId(instance),
                           .indicator = indicator,
                           .because =
                               indicator == Indicator::interruption ? "A switch failed." : "",
                           .by = "test",
                           .at = now - std::chrono::seconds(2)},
           .until = withdrawn_.contains(instance)
                        ? std::optional<WallTime>(now - std::chrono::seconds(1))
                        : std::nullopt,
           .withdrawn_by = {}});
    auto view = status_page::View::make(std::move(facts));
    EXPECT_TRUE(view);
    return *view;
  }

 private:
  std::shared_ptr<inventory::Cloud> cloud_;
  std::map<std::string, Indicator> declared_;
  std::set<std::string> withdrawn_;
};

class Flow : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                               {"customers", customers::migrations()},
                                               {"notifications", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    page_ = std::make_unique<Page>((folder_ / "mail").string());
    begin();
  }
  void TearDown() override { end(); }

  // A hub's start and end, as far as notices are concerned.
  void begin() {
    auto ledger = ledger::Ledger::open(*database_, testing::sample_ledger(folder_, kAppliers),
                                       clock_, random_);
    ASSERT_TRUE(ledger) << ledger.error().text();
    ledger_ = std::move(*ledger);
    loop_ = std::make_unique<net::Loop>(clock_);
    auto opened =
        Notifications::open({.ledger = ledger_.get(),
                             .database = database_.get(),
                             .clock = &clock_,
                             .random = &random_,
                             .loop = loop_.get(),
                             .key = folder_ / "keys/notifications",
                             .cloud = [this] { return page_->cloud(); },
                             .page = [this] { return page_->cloud()->url; },
                             .admits = [](std::string_view) { return true; },
                             .admits_code = [this](std::string_view) { return --guesses_ >= 0; }});
    ASSERT_TRUE(opened) << opened.error().text();
    notifications_ = std::move(*opened);
    ledger_->on_committed(
        [this](std::span<const ledger::Entry> entries) { notifications_->look_at(entries); });
    notifications_->start();
    thread_ = std::thread([this] { loop_->run(); });
  }
  void end() {
    if (!notifications_) return;
    loop_->stop();
    thread_.join();
    notifications_->stop();
    ledger_.reset();
    notifications_.reset();
  }

  void look() {
    loop_->post([this, view = page_->view(clock_.wall())] { notifications_->look(view); });
  }
  std::vector<std::string> mails() const {
    std::vector<std::string> all;
    std::error_code failed;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "mail/new", failed))
      files.push_back(entry.path());
    std::ranges::sort(files, {}, [](const fs::path& file) {  // by their deliveries' numbers
      return std::stoll(file.string().substr(file.string().rfind('-') + 1));
    });
    for (const fs::path& file : files) {
      std::ifstream in(file);
      all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return all;
  }
  // Waits until there are as many mails; all there are then.
  std::vector<std::string> wait_for_mails(std::size_t count) const {
    for (int i = 0; i < 600 && mails().size() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return mails();
  }
  // Nothing waits, and nothing is under way.
  void wait_until_quiet() {
    for (int i = 0; i < 600; ++i) {
      records::Waiting waiting;
      EXPECT_TRUE(database_->read([&](store::Reader& reader) -> Status {
        waiting = TRY(records::waiting(reader));
        return {};
      }));
      if (waiting.queued == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "deliveries still wait";
  }
  // Asks, takes the link out of the mail, and follows it.
  SubscriptionDesk::Confirmed subscribe(const std::string& address, Choices choices,
                                        bool shared = false) {
    const std::size_t before = mails().size();
    Subscription wanted;
    wanted.address = address;
    wanted.shared = shared;
    wanted.choices = std::move(choices);
    const Status asked = notifications_->desk().request(wanted, "192.0.2.1");
    EXPECT_TRUE(asked) << asked.error().text();
    std::string token;
    for (const std::string& mail : wait_for_mails(before + 1))
      if (mail.contains("Delivered-To: " + address)) token = token_in(mail, "c");
    auto confirmed = notifications_->desk().confirm(token);
    EXPECT_TRUE(confirmed) << confirmed.error().text();
    return confirmed.value_or(SubscriptionDesk::Confirmed{});
  }
  // As if its owner had confirmed it.
  void subscribe_url(const std::string& url, const std::string& instance) {
    Subscription wanted;
    wanted.id = SubscriptionId(new_uuid(clock_, random_));
    wanted.channel = kWebhook;
    wanted.address = url;
    wanted.owner = "ann@example.org";
    wanted.choices.instances = {instance};
    ASSERT_TRUE(
        ledger_->record([&](store::Reader&, WallTime now) -> Result<std::vector<ledger::Event>> {
          return {{events::requested(wanted, now), events::confirmed(wanted.id)}};
        }));
  }
  // The first link's token that is good for confirming ("Y…") or managing ("b…") in a mail.
  std::string token_in(std::string mail, std::string_view use) const {
    for (std::size_t at; (at = mail.find("=\n")) != std::string::npos;) mail.erase(at, 2);
    const std::regex link("subscriptions/([A-Za-z0-9_-]{44})");
    for (std::sregex_iterator found(mail.begin(), mail.end(), link), none; found != none; ++found)
      if (const auto holder = notifications_->links().holder((*found)[1].str());
          holder && static_cast<char>(holder->use) == use[0])
        return (*found)[1];
    return {};
  }

  SystemClock clock_;
  SystemRandom random_;
  int guesses_ = 3;
  std::unique_ptr<Page> page_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<Notifications> notifications_;
  std::thread thread_;
};

std::string header_of(const std::string& mail, const std::string& name) {
  const std::size_t at = mail.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 3;
  std::size_t until = mail.find('\n', from);
  while (until + 1 < mail.size() && (mail[until + 1] == ' ' || mail[until + 1] == '\t'))
    until = mail.find('\n', until + 1);
  return mail.substr(from, until - from);
}

TEST_P(Flow, tells_a_confirmed_subscriber_of_trouble_and_of_its_end_and_nobody_else) {
  Subscription never;
  never.address = "never@example.org";
  never.choices.instances = {"cat-1"};
  ASSERT_TRUE(notifications_->desk().request(never, "192.0.2.1"));
  wait_for_mails(1);
  subscribe("ann@example.org", {.instances = {"cat-1"}});
  subscribe("bob@example.org", {.instances = {"cat-3"}});
  ASSERT_EQ(mails().size(), 3U) << "requests to confirm, and nothing else";

  page_->declare("cat-1", Indicator::interruption);
  page_->declare("cat-2", Indicator::interruption);
  look();
  auto all = wait_for_mails(4);
  ASSERT_EQ(all.size(), 4U);
  const std::string began = all[3];
  EXPECT_TRUE(began.contains("Delivered-To: ann@example.org"));
  EXPECT_EQ(header_of(began, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  EXPECT_EQ(header_of(began, "Auto-Submitted"), "auto-generated");
  EXPECT_TRUE(header_of(began, "Subject").contains("Catalog 1")) << began;

  page_->declare("cat-1", Indicator::normal);
  look();
  all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(header_of(all[4], "References"), header_of(began, "References"));
  EXPECT_NE(header_of(all[4], "Message-ID"), header_of(began, "Message-ID"));

  ASSERT_TRUE(notifications_->desk().leave(token_in(began, "m"), ""));
  page_->declare("cat-1", Indicator::interruption);
  look();
  page_->declare("cat-3", Indicator::interruption);
  look();
  all = wait_for_mails(6);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_EQ(mails().size(), 6U) << "only bob's";
}

TEST_P(Flow, sends_what_was_queued_before_a_restart_and_repeats_nothing_that_was_recorded) {
  subscribe("ann@example.org", {.products = {"catalog"}});
  page_->declare("cat-1", Indicator::performance);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  end();
  begin();
  look();  // the same page: nothing new
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 2U);
}

TEST_P(Flow, ends_a_notice_whose_row_left_the_configuration_once_and_says_so) {
  subscribe("ann@example.org", {.products = {"catalog"}});
  page_->declare("cat-2", Indicator::interruption);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  page_->take_away("cat-2");
  look();
  const auto all = wait_for_mails(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(header_of(all[2], "References"), header_of(all[1], "References"));
  EXPECT_TRUE(header_of(all[2], "Subject").contains("No longer watched: Catalog 2")) << all[2];
  wait_until_quiet();
  end();
  begin();
  look();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 3U) << "nothing is told twice";
}

TEST_P(Flow, ends_a_notice_whose_declaration_was_withdrawn_from_a_row_without_checks) {
  subscribe("ann@example.org", {.instances = {"cat-1"}});
  page_->declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(2);
  end();  // the hub is away when it is withdrawn
  page_->withdraw("cat-1");
  begin();
  look();
  const auto all = wait_for_mails(3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(header_of(all[2], "Subject").contains("Operating normally")) << all[2];
}

TEST_P(Flow, tells_who_is_released_from_quarantine_how_it_stands_once) {
  const auto ann = subscribe("ann@example.org", {.instances = {"cat-1", "cat-2"}});
  subscribe("bob@example.org", {.instances = {"cat-1"}});
  page_->declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(4);
  wait_until_quiet();
  const RecipientId id = notifications_->links().holder(ann.manage_token).value().recipient;
  const auto bounced = [&](store::Reader& reader, WallTime) -> Result<std::vector<ledger::Event>> {
    std::vector<events::Settled> ends;
    TRY_STATUS(reader.query(
        "SELECT id FROM notifications_deliveries WHERE recipient = ? AND purpose = 'telling'",
        {id.text()}, [&](const store::Row& row) {
          ends.push_back({row.integer(0), Delivery::State::bounced, "5.1.1"});
        }));
    return {{events::settled(ends), events::quarantined(id, "it bounced")}};
  };
  ASSERT_TRUE(ledger_->record(bounced));
  page_->declare("cat-2", Indicator::interruption);
  look();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 4U) << "nothing goes to who is in quarantine";
  ASSERT_TRUE(ledger_->record([&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
    return {{events::released(id, "test")}};
  }));
  const auto all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[4].contains("Delivered-To: ann@example.org"));
  EXPECT_TRUE(all[4].contains("Catalog 2")) << "as it stands now";
  look();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 5U) << "once";
}

TEST_P(Flow, tells_the_end_to_who_was_in_quarantine_then_and_had_heard_of_it) {
  const auto ann = subscribe("ann@example.org", {.instances = {"cat-1"}});
  const auto bob = subscribe("bob@example.org", {.instances = {"cat-1"}});
  page_->declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(4);
  wait_until_quiet();
  const auto id_of = [&](const auto& confirmed) {
    return notifications_->links().holder(confirmed.manage_token).value().recipient;
  };
  const auto do_with = [&](const std::function<std::vector<ledger::Event>()>& events) {
    ASSERT_TRUE(ledger_->record(
        [&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> { return events(); }));
  };
  do_with([&] {
    return std::vector{events::quarantined(id_of(ann), "said that it is unwanted"),
                       events::quarantined(id_of(bob), "said that it is unwanted")};
  });
  page_->declare("cat-1", Indicator::normal);
  look();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 4U) << "nothing goes to who is in quarantine";
  do_with([&] { return std::vector{events::released(id_of(ann), "test")}; });
  const auto all = wait_for_mails(5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[4].contains("Delivered-To: ann@example.org"));
  EXPECT_TRUE(header_of(all[4], "Subject").contains("Operating normally")) << all[4];
  wait_until_quiet();
  look();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(mails().size(), 5U) << "once";
  page_->declare("cat-1", Indicator::performance);
  look();
  wait_for_mails(6);
  wait_until_quiet();
  do_with([&] { return std::vector{events::released(id_of(bob), "test")}; });
  const auto last = wait_for_mails(7);
  ASSERT_EQ(last.size(), 7U);
  EXPECT_TRUE(last[6].contains("Delivered-To: bob@example.org"));
  EXPECT_FALSE(header_of(last[6], "Subject").contains("Operating normally"))
      << "it is in trouble again: " << last[6];
}

TEST_P(Flow, lets_no_receiver_wait_for_another_that_answers_late) {
  constexpr int kEach = 12;
  std::atomic<int> quick_ones = 0, at_slow = 0, most_at_slow = 0;
  const auto answer = [](testing::Wire& wire) {
    wire.write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  };
  testing::Peer slow([&](testing::Wire& wire) {
    most_at_slow = std::max<int>(most_at_slow, ++at_slow);
    wire.read_until("\r\n\r\n");
    while (quick_ones < kEach && wire.pause(std::chrono::milliseconds(20))) {
    }
    --at_slow;
    answer(wire);
  });
  testing::Peer quick([&](testing::Wire& wire) {
    wire.read_until("\r\n\r\n");
    answer(wire);
    ++quick_ones;
  });
  page_->allow_private_webhooks();
  for (int i = 0; i < kEach; ++i) subscribe_url(slow.url(fmt::format("/{}", i)), "cat-1");
  for (int i = 0; i < kEach; ++i)
    subscribe_url(fmt::format("http://localhost:{}/{}", quick.port(), i), "cat-1");
  page_->declare("cat-1", Indicator::interruption);
  look();
  for (int i = 0; i < 600 && quick_ones < kEach; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(quick_ones, kEach) << "while the slow one answers nobody";
  EXPECT_LE(most_at_slow, 2);
  wait_until_quiet();
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
  page_->declare("cat-1", Indicator::interruption);
  look();
  wait_for_mails(2);
  wait_until_quiet();
  notifications_->tidy_up();
  EXPECT_EQ(count(), 2) << "the confirmation and the notice, both young";
  page_->keep_deliveries_for(-1);
  notifications_->tidy_up();
  EXPECT_EQ(count(), 1) << "the notice goes on";
  look();
  page_->declare("cat-1", Indicator::normal);
  look();
  wait_for_mails(3);
  wait_until_quiet();
  notifications_->tidy_up();
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(mails().size(), 3U) << "nothing is told twice";
  notifications_->tidy_up();
}

TEST_P(Flow, needs_the_code_where_many_people_read_an_address) {
  const auto confirmed = subscribe("list@example.org", {.instances = {"cat-1"}}, true);
  ASSERT_EQ(confirmed.code.size(), 8U);
  SubscriptionDesk& desk = notifications_->desk();
  EXPECT_EQ(desk.leave(confirmed.manage_token, "").error().code, ErrorCode::forbidden);
  EXPECT_EQ(desk.leave(confirmed.manage_token, "12345678").error().code, ErrorCode::forbidden);
  EXPECT_TRUE(desk.leave(confirmed.manage_token, confirmed.code));
  EXPECT_EQ(desk.look(confirmed.manage_token).error().code, ErrorCode::not_found);
}

TEST_P(Flow, takes_a_link_once_and_joins_a_second_request_with_the_first) {
  const auto first = subscribe("ann@example.org", {.instances = {"cat-1"}});
  const auto second = subscribe("Ann@Example.org", {.instances = {"cat-2"}});
  EXPECT_EQ(first.manage_token, second.manage_token);
  const auto held = notifications_->desk().look(first.manage_token);
  ASSERT_TRUE(held) << held.error().text();
  EXPECT_EQ(held->choices.instances, (std::vector<std::string>{"cat-1", "cat-2"}));
  const std::string used = token_in(mails()[0], "c");
  EXPECT_EQ(notifications_->desk().confirm(used).error().code, ErrorCode::conflict);
  std::string forged = used;
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  EXPECT_EQ(notifications_->desk().confirm(forged).error().code, ErrorCode::not_found);
}

TEST_P(Flow, gives_nobody_the_webhook_of_somebody_else_and_bombs_nobody) {
  const auto ask = [&](const std::string& url, const std::string& owner) {
    Subscription wanted;
    wanted.channel = kWebhook;
    wanted.address = url;
    wanted.owner = owner;
    wanted.choices.instances = {"cat-1"};
    const std::size_t before = mails().size();
    EXPECT_TRUE(notifications_->desk().request(wanted, "192.0.2.1"));
    return token_in(wait_for_mails(before + 1).back(), "c");
  };
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

  for (int i = 0; i < 3; ++i)
    ask(fmt::format("https://hooks.example.net/{}", i), "many@bücher.example");
  Subscription more;
  more.address = "MANY@xn--bcher-kva.example";
  more.choices.instances = {"cat-1"};
  const std::size_t before = mails().size();
  EXPECT_TRUE(notifications_->desk().request(more, "192.0.2.7")) << "the answer is the same";
  wait_until_quiet();
  EXPECT_EQ(mails().size(), before) << "three wait already, in whatever spelling";
}

TEST_P(Flow, a_restart_does_not_let_strangers_cause_more_mails_an_hour) {
  page_->confirm_at_most(3);
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

TEST_P(Flow, forgets_the_address_of_who_left) {
  const auto confirmed = subscribe("gone@example.org", {.instances = {"cat-1"}});
  wait_until_quiet();
  ASSERT_TRUE(notifications_->desk().leave(confirmed.manage_token, ""));
  notifications_->tidy_up();
  const auto entries = ledger_->entries(0, 1000);
  ASSERT_TRUE(entries);
  for (const ledger::Entry& entry : *entries)
    EXPECT_FALSE(entry.event.payload.contains("gone@example.org")) << entry.event.type;
}

INSTANTIATE_TEST_SUITE_P(Stores, Flow,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
