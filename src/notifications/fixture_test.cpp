#include "notifications/fixture_test.h"

#include <regex>

#include "customers/customers.h"
#include "notifications/events.h"
#include "notifications/records.h"
#include "support/eventually.h"
#include "support/sample_ledger.h"
#include "support/text_file.h"

namespace nocturn::notifications {
namespace {

namespace fs = std::filesystem;
using status_page::Indicator;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ledger::Applier kAppliers[] = {{"notifications.", apply},
                                         {"customers.", customers::apply}};

}  // namespace

std::shared_ptr<inventory::Cloud> three_catalogs() {
  auto cloud = std::make_shared<inventory::Cloud>();
  cloud->name = "Example Library Cloud";
  cloud->url = "https://status.example.org";
  cloud->notifications.from = "status@example.org";
  const inventory::TerritoryId territory("emea");
  cloud->territories[territory] = {territory, "Europe", "Europe/Amsterdam"};
  const inventory::DataCenterId center("ams1");
  cloud->data_centers[center] = {center, "ams1", territory, inventory::Role::primary, {}};
  const inventory::ProductId product("catalog");
  cloud->products[product] = {product, "Catalog"};
  for (const char* id : {"cat-1", "cat-2", "cat-3"}) {
    inventory::Instance instance;
    instance.id = inventory::InstanceId(id);
    instance.name = fmt::format("Catalog {}", id + 4);
    instance.product = product;
    instance.data_center = center;
    cloud->instances[instance.id] = instance;
  }
  return cloud;
}

void NotificationsTest::SetUp() {
  store::ContractTest::SetUp();
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                             {"customers", customers::migrations()},
                                             {"notifications", migrations()}};
  ASSERT_TRUE(database_->migrate(modules));
  open();
}

void NotificationsTest::open() {
  auto ledger =
      ledger::Ledger::open(*database_, testing::sample_ledger(folder_, kAppliers), clock_, random_);
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
                           .cloud = [this] { return cloud_; },
                           .page = [this] { return cloud_->url; },
                           .admits = [](std::string_view) { return true; },
                           .admits_code = [this](std::string_view) { return --guesses_ >= 0; }});
  ASSERT_TRUE(opened) << opened.error().text();
  notifications_ = std::move(*opened);
}

void NotificationsTest::close() {
  if (notifications_) notifications_->stop();
  ledger_.reset();
  notifications_.reset();
}

void NotificationsTest::record(std::vector<ledger::Event> events) {
  const auto done = ledger_->record(
      [&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> { return events; });
  ASSERT_TRUE(done) << done.error().text();
}

void NotificationsTest::tell(const std::string& notice,
                             const std::vector<std::string>& recipients) {
  const WallTime now = clock_.wall();
  std::vector<events::Told> told;
  for (const std::string& id : recipients)
    told.push_back({.recipient = {.id = RecipientId(id)}, .mine = "*", .due = now});
  record({events::told({.notice = NoticeId(notice),
                        .number = 1,
                        .topic = Topic::information,
                        .step = Step::note,
                        .at = now,
                        .rows = {{.instance = "cat-1", .since = now}},
                        .title = "New search",
                        .words = "Soon."},
                       0, told, "ada")});
}

status_page::ViewPtr NotificationsTest::view() const {
  const WallTime now = clock_.wall();
  status_page::Facts facts{.cloud = cloud_,
                           .now = now,
                           .recording_since = now - hours(2),
                           .watching_since = now - hours(2),
                           .address = "",
                           .stands = {}};
  for (const auto& [instance, indicator] : declared_)
    facts.declared.push_back(
        {.declaration = {.instance = inventory::InstanceId(instance),
                         .indicator = indicator,
                         .because = indicator == Indicator::interruption ? "A switch failed." : "",
                         .by = "test",
                         .at = now - seconds(2)},
         .until = withdrawn_.contains(instance) ? std::optional<WallTime>(now - seconds(1))
                                                : std::nullopt,
         .withdrawn_by = {}});
  auto view = status_page::View::make(std::move(facts));
  EXPECT_TRUE(view);
  return *view;
}

void FlowTest::SetUp() {
  cloud_->notifications.maildir = (folder_ / "mail").string();
  NotificationsTest::SetUp();
  begin();
}

void FlowTest::begin() {
  if (!notifications_) open();
  ASSERT_TRUE(notifications_);
  ledger_->on_committed(
      [this](std::span<const ledger::Entry> entries) { notifications_->look_at(entries); });
  notifications_->start();
  thread_ = std::thread([this] { loop_->run(); });
}

void FlowTest::end() {
  if (thread_.joinable()) {
    loop_->stop();
    thread_.join();
  }
  close();
}

void FlowTest::look() {
  loop_->post([this, view = view()] { notifications_->look(view); });
}

std::vector<std::string> FlowTest::mails() const {
  std::error_code failed;
  std::map<std::int64_t, fs::path> files;  // by their deliveries' numbers
  for (const auto& entry : fs::directory_iterator(folder_ / "mail/new", failed)) {
    const std::string name = entry.path().filename();
    files[std::stoll(name.substr(name.rfind('-') + 1))] = entry.path();
  }
  std::vector<std::string> all;
  for (const auto& [delivery, file] : files) all.push_back(testing::text_of(file));
  return all;
}

std::vector<std::string> FlowTest::wait_for_mails(std::size_t count) const {
  testing::eventually([&] { return mails().size() >= count; });
  return mails();
}

std::size_t FlowTest::mails_in_the_end() const {
  std::this_thread::sleep_for(milliseconds(1500));  // twice as long as the newsroom gathers
  return mails().size();
}

void FlowTest::wait_until_quiet() const {
  EXPECT_TRUE(testing::eventually([&] {
    records::Waiting waiting;
    EXPECT_TRUE(database_->read([&](store::Reader& reader) -> Status {
      waiting = TRY(records::waiting(reader));
      return {};
    }));
    return waiting.queued == 0;
  })) << "deliveries still wait";
}

SubscriptionDesk::Confirmed FlowTest::subscribe(const std::string& address, Choices choices,
                                                bool shared) {
  const std::size_t before = mails().size();
  Subscription wanted;
  wanted.address = address;
  wanted.shared = shared;
  wanted.choices = std::move(choices);
  const Status asked = notifications_->desk().request(wanted, "192.0.2.1");
  EXPECT_TRUE(asked) << asked.error().text();
  std::string token;
  for (const std::string& mail : wait_for_mails(before + 1))
    if (mail.contains("Delivered-To: " + address)) token = token_in(mail, Use::confirm);
  auto confirmed = notifications_->desk().confirm(token);
  EXPECT_TRUE(confirmed) << confirmed.error().text();
  return confirmed.value_or(SubscriptionDesk::Confirmed{});
}

std::string FlowTest::token_in(std::string mail, Use use) const {
  for (std::size_t at; (at = mail.find("=\n")) != std::string::npos;) mail.erase(at, 2);
  const std::regex link("subscriptions/([A-Za-z0-9_-]{44})");
  for (std::sregex_iterator found(mail.begin(), mail.end(), link), none; found != none; ++found)
    if (const auto holder = notifications_->links().holder((*found)[1].str());
        holder && holder->use == use)
      return (*found)[1];
  return {};
}

}  // namespace nocturn::notifications
