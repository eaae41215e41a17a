#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "inventory/model.h"
#include "inventory/secret.h"
#include "ledger/ledger.h"
#include "net/loop.h"
#include "notifications/links.h"
#include "notifications/outbox/postman.h"
#include "notifications/subscription_desk.h"
#include "status_page/status_page.h"
#include "store/store.h"

// Who is told of what, and what became of it. The front door for other folders.
namespace nocturn::notifications {

std::span<const store::Migration> migrations();
// For events that begin with "notifications.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
// Tables of which no entry speaks, so that replaying the ledger leaves them empty.
inline constexpr std::string_view kTablesBesideTheLedger[] = {"notifications_tries"};

// All of it at work in a hub: looks at pages, records notices, carries them out.
class Notifications {
 public:
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    store::Database* database = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
    net::Loop* loop = nullptr;       // on which pages are made
    std::filesystem::path key = {};  // of the links, made at the first start
    std::function<inventory::CloudPtr()> cloud = {};
    std::function<std::string()> page = {};  // URL of the status page, without a trailing slash
    inventory::Variable variable = {};       // for the relay's password
    // Limits of the public desk (SubscriptionDesk::Parts): false is "too often".
    std::function<bool(std::string_view source)> admits = {};
    std::function<bool(std::string_view recipient)> admits_code = {};
  };
  // Before the ledger's first record(); nothing is carried out before start().
  static Result<std::unique_ptr<Notifications>> open(Parts parts);
  virtual ~Notifications() = default;
  // Once, when `page` can be asked.
  virtual void start() = 0;

  // Nothing is carried out after this; before the ledger goes, which may still tell look_at().
  virtual void stop() = 0;

  // A page was made; on its loop.
  virtual void look(status_page::ViewPtr view) = 0;
  // Entries were committed; on the writer's thread, does not block.
  virtual void look_at(std::span<const ledger::Entry> entries) = 0;
  // The configuration may have changed. Any thread.
  virtual void configure() = 0;
  // Ends what was never confirmed, forgets addresses of what ended, and prunes deliveries that
  // ended long ago. Blocks; once a minute.
  virtual void tidy_up() = 0;

  virtual SubscriptionDesk& desk() = 0;
  virtual const LinkKey& links() const = 0;
  virtual Postman::Facts facts() const = 0;
};

}  // namespace nocturn::notifications
