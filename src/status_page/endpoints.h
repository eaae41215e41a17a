#pragma once

#include <functional>
#include <vector>

#include "ledger/ledger.h"
#include "monitoring/monitoring.h"
#include "net/endpoint.h"
#include "status_page/view.h"

namespace nocturn::status_page {

// What the endpoints look at; all are called on worker threads. Left empty where the table is only
// described.
struct Desk {
  std::function<ViewPtr()> view = {};  // the newest
  std::function<std::vector<monitoring::CheckStand>()> stands = {};
  ledger::Ledger* ledger = nullptr;
};

// The operators' API of the status page: rows with measured and declared state, and declarations.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::status_page
