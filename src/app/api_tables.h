#pragma once

#include <string>
#include <vector>

#include "customers/endpoints.h"
#include "identity/endpoints.h"
#include "inventory/endpoints.h"
#include "ledger/endpoints.h"
#include "monitoring/endpoints.h"
#include "net/endpoint.h"
#include "notifications/endpoints.h"
#include "publishing/endpoints.h"
#include "status_page/endpoints.h"

// The endpoint tables of all folders as one: the whole API. The same list serves the hub, which
// gives each folder what its handlers act on, and the description, which gives nothing.
namespace nocturn::app {

struct Desks {
  identity::Desk identity = {};
  status_page::Desk status_page = {};
  monitoring::Desk monitoring = {};
  inventory::Desk inventory = {};
  customers::Desk customers = {};
  notifications::Desk notifications = {};
  publishing::Desk publishing = {};
  ledger::Desk ledger = {};
};
std::vector<net::Endpoint> api_tables(Desks desks);

// api/openapi.json; no hub is needed.
std::string api_description();

}  // namespace nocturn::app
