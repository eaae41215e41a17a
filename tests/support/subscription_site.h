#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "notifications/subscription_desk.h"
#include "status_page/status_page.h"
#include "store/store.h"
#include "support/temporary_folder.h"

// Subscriptions as the hub puts them together, over the sample cloud and a SQLite database of their
// own, for tests of the pages: what a mail would have told is asked here.
namespace nocturn::testing {

class SubscriptionSite {
 public:
  // Three institutions ("northgate", "westfield", "givat-ram"); "northgate" has a contact, Mary.
  SubscriptionSite();

  const status_page::View& view() const { return *view_; }
  notifications::SubscriptionDesk& desk() { return *desk_; }
  VirtualClock& clock() { return clock_; }
  // Whether the desk lets the next caller ask for a mail, and try a code.
  void admit(bool mails, bool codes) {
    admits_ = mails;
    admits_code_ = codes;
  }

  std::string token(notifications::Use use, const std::string& recipient) const {
    return links_.token(use, notifications::RecipientId(recipient));
  }
  // Ids of the subscriptions of that address, the newest last.
  std::vector<std::string> subscriptions_of(const std::string& address);
  std::string contact() const { return contact_; }
  // How many mails the public caused: requests to confirm, links to choices.
  std::size_t mails_caused();
  // Its address refuses mail.
  void quarantine(const std::string& recipient);

 private:
  void record(std::vector<ledger::Event> events);

  TemporaryFolder folder_;
  VirtualClock clock_;
  SystemRandom random_;
  notifications::LinkKey links_;
  bool admits_ = true, admits_code_ = true;
  status_page::ViewPtr view_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<notifications::SubscriptionDesk> desk_;
  std::string contact_{"018f4d2e-0000-7000-8000-00000000000a"};
};

}  // namespace nocturn::testing
