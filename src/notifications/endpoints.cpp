#include "notifications/endpoints.h"

#include <iterator>

#include "notifications/endpoint_tables.h"

namespace nocturn::notifications {

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> all;
  for (auto* table : {subscription_endpoints, notice_endpoints, note_endpoints}) {
    std::vector<net::Endpoint> some = table(desk);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace nocturn::notifications
