#pragma once

#include <functional>
#include <vector>

#include "inventory/model.h"
#include "ledger/ledger.h"
#include "net/endpoint.h"
#include "notifications/notifications.h"
#include "status_page/status_page.h"
#include "store/store.h"

namespace nocturn::notifications {

// What the endpoints act on; all are used on worker threads. Left empty where the table is only
// described.
struct Desk {
  ledger::Ledger* ledger = nullptr;
  store::Database* database = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  Notifications* notifications = nullptr;
  std::function<status_page::ViewPtr()> view = {};
};

// The operators' API: subscriptions, notices and their deliveries, notes with their preview,
// quarantine, bounces.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::notifications
