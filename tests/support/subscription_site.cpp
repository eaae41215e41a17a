#include "support/subscription_site.h"

#include <algorithm>

#include "customers/customers.h"
#include "customers/events.h"
#include "notifications/events.h"
#include "notifications/notifications.h"
#include "support/sample_facts.h"
#include "support/sample_ledger.h"

namespace nocturn::testing {
namespace {

constexpr ledger::Applier kAppliers[] = {{"customers.", customers::apply},
                                         {"notifications.", notifications::apply}};

ledger::Event institution(const char* id, const char* name, const char* territory) {
  return customers::events::institution_added({.id = customers::InstitutionId(id),
                                               .name = name,
                                               .territory = territory,
                                               .time_zone = "Europe/Amsterdam",
                                               .language = "en"},
                                              "local operator");
}

}  // namespace

SubscriptionSite::SubscriptionSite()
    : clock_(sample_now()),
      links_([this] {
        crypto::Hash key;
        random_.fill(key);
        return key;
      }()),
      view_(status_page::View::make(sample_facts()).value()),
      database_(store::Database::open((folder_ / "nocturn.db").string()).value()) {
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                             {"customers", customers::migrations()},
                                             {"notifications", notifications::migrations()}};
  CHECK(database_->migrate(modules));
  ledger_ =
      ledger::Ledger::open(*database_, sample_ledger(folder_, kAppliers), clock_, random_).value();
  desk_ = std::make_unique<notifications::SubscriptionDesk>(notifications::SubscriptionDesk::Parts{
      .ledger = ledger_.get(),
      .database = database_.get(),
      .clock = &clock_,
      .random = &random_,
      .links = &links_,
      .cloud = [this] { return view_->facts().cloud; },
      .admits = [this](std::string_view) { return admits_; },
      .admits_code = [this](std::string_view) { return admits_code_; }});
  record({institution("northgate", "Northgate University", "emea"),
          institution("westfield", "Westfield <College> & Library", "na"),
          institution("givat-ram", "הספרייה בגבעת רם", "emea")});
  record({customers::events::contact_added({.id = customers::ContactId(contact_),
                                            .institution = customers::InstitutionId("northgate"),
                                            .name = "Mary Jones",
                                            .email = "mary@northgate.example",
                                            .products = {"catalog"}},
                                           "local operator")});
}

void SubscriptionSite::record(std::vector<ledger::Event> events) {
  CHECK(ledger_->record(
      [&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> { return events; }));
}

std::vector<std::string> SubscriptionSite::subscriptions_of(const std::string& address) {
  std::vector<std::string> ids;
  CHECK(database_->read([&](store::Reader& reader) {
    return reader.query(
        "SELECT id FROM notifications_subscriptions WHERE address = ? OR owner = ? ORDER BY id",
        {address, address}, [&](const store::Row& row) { ids.emplace_back(row.text(0)); });
  }));
  return ids;
}

std::size_t SubscriptionSite::mails_caused() {
  const auto entries = ledger_->entries(0, 10'000).value();
  return static_cast<std::size_t>(std::ranges::count_if(entries, [](const ledger::Entry& entry) {
    return entry.event.type == notifications::events::kRequested ||
           entry.event.type == notifications::events::kLinkAsked;
  }));
}

void SubscriptionSite::quarantine(const std::string& recipient) {
  record({notifications::events::quarantined(notifications::RecipientId(recipient),
                                             "550 5.1.1 no such user")});
}

}  // namespace nocturn::testing
