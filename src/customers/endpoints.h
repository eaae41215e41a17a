#pragma once

#include <functional>
#include <vector>

#include "inventory/model.h"
#include "ledger/ledger.h"
#include "net/endpoint.h"
#include "store/store.h"

namespace nocturn::customers {

// What the endpoints act on; all are used on worker threads. Left empty where the table is only
// described.
struct Desk {
  ledger::Ledger* ledger = nullptr;
  store::Database* database = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  std::function<inventory::CloudPtr()> cloud = {};
};

// The API of customers: institutions, contacts, account assets, import, erasure.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::customers
