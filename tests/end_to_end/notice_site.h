#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "end_to_end/hub_alone.h"
#include "end_to_end/mailbox.h"
#include "support/postfix_server.h"

// A hub that tells its customers by mail, the Postfix that it sends through, and the mailbox in
// which all of it lands.
namespace nocturn::testing {

// Contacts of one institution.
struct Readers {
  std::string institution;  // its id, and its contacts' domain with ".example"
  int count = 0;
  // Lines of the assets' table less the institution: "catalog,catalog-0,2026-01-01,".
  std::vector<std::string> assets = {};
  std::string language = "en";
  std::string products = "catalog";  // that they want to hear of

  std::string address(int reader) const;
  std::set<std::string> addresses() const;
};

class NoticeSite : public ::testing::Test {
 protected:
  // A hub without customers; skips the test where no Postfix can be started.
  void SetUp() override;

  void import_customers(const std::vector<Readers>& all);
  Outcome nocturn(std::vector<std::string> arguments);
  void declare(const std::string& instance, const std::string& indicator);
  // Each waits as long as mails keep coming, and two minutes more.
  void wait_for_mails(std::size_t count);
  void wait_until_all_is_told();  // nothing waits in hub or server
  std::size_t mail_count() { return mailbox_->read().size(); }

  std::unique_ptr<PostfixServer> server_;
  std::unique_ptr<HubAlone> hub_;
  std::unique_ptr<Mailbox> mailbox_;
};

}  // namespace nocturn::testing
