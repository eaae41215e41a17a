#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "notifications/notifications.h"
#include "support/store_contract.h"

// Notifications as the hub puts them together, on both stores: database, ledger, a small cloud, and
// a page whose rows the test declares.
namespace nocturn::notifications {

// The catalogs "cat-1", "cat-2" and "cat-3" of one data center. Mail goes nowhere.
std::shared_ptr<inventory::Cloud> three_catalogs();

// Opened, and nothing is carried out.
class NotificationsTest : public store::ContractTest {
 protected:
  void SetUp() override;
  void TearDown() override { close(); }

  void open();
  void close();
  void record(std::vector<ledger::Event> events);
  // An operator's note "New search" about "cat-1", queued for these recipients.
  void tell(const std::string& notice, const std::vector<std::string>& recipients);

  // What a person says of a row, without checks that would say something else.
  void declare(const std::string& instance, status_page::Indicator indicator) {
    declared_[instance] = indicator;
  }
  void withdraw(const std::string& instance) { withdrawn_.insert(instance); }
  // The page as it is now.
  status_page::ViewPtr view() const;

  SystemClock clock_;
  SystemRandom random_;
  std::shared_ptr<inventory::Cloud> cloud_ = three_catalogs();
  int guesses_ = 3;  // at codes: so many are let through
  std::map<std::string, status_page::Indicator> declared_;
  std::set<std::string> withdrawn_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<Notifications> notifications_;
};

// At work: from the page to mails in a Maildir, with everything between them real.
class FlowTest : public NotificationsTest {
 protected:
  void SetUp() override;
  void TearDown() override { end(); }

  // A hub's start and end, as far as notices are concerned.
  void begin();
  void end();

  // The page was made anew.
  void look();
  // All mails so far, in the order of their deliveries.
  std::vector<std::string> mails() const;
  // Waits until there are so many; all there are then.
  std::vector<std::string> wait_for_mails(std::size_t count) const;
  // How many there are once everything that is to be told of this page has been.
  std::size_t mails_in_the_end() const;
  // Waits until no delivery is queued.
  void wait_until_quiet() const;

  // Asks, takes the link out of the mail, and follows it.
  SubscriptionDesk::Confirmed subscribe(const std::string& address, Choices choices,
                                        bool shared = false);
  RecipientId recipient_of(const SubscriptionDesk::Confirmed& confirmed) const {
    return notifications_->links().holder(confirmed.manage_token).value().recipient;
  }
  // The token of the first link in the mail that is good for this; empty: there is none.
  std::string token_in(std::string mail, Use use) const;

 private:
  std::thread thread_;
};

}  // namespace nocturn::notifications
