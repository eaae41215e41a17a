#include "app/api_tables.h"

#include "api/endpoints.h"
#include "api/openapi.h"

namespace nocturn::app {

std::vector<net::Endpoint> api_tables(Desks desks) {
  std::vector<net::Endpoint> all;
  const auto add = [&](std::string_view folder, std::vector<net::Endpoint> table) {
    for (net::Endpoint& endpoint : table) {
      endpoint.spec.folder = folder;
      all.push_back(std::move(endpoint));
    }
  };
  add("identity", identity::endpoints(desks.identity));
  add("status_page", status_page::endpoints(std::move(desks.status_page)));
  add("monitoring", monitoring::endpoints(std::move(desks.monitoring)));
  add("inventory", inventory::endpoints(std::move(desks.inventory)));
  add("customers", customers::endpoints(std::move(desks.customers)));
  add("notifications", notifications::endpoints(std::move(desks.notifications)));
  add("publishing", publishing::endpoints(desks.publishing));
  add("ledger", ledger::endpoints(std::move(desks.ledger)));
  api::add_endpoints(all);
  return all;
}

std::string api_description() { return api::description_text(api_tables({})); }

}  // namespace nocturn::app
