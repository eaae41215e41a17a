#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/json.h"
#include "base/shape.h"
#include "inventory/model.h"
#include "monitoring/monitoring.h"
#include "net/endpoint.h"

namespace nocturn::monitoring {

// What the endpoints look at; all are asked on worker threads. Left empty where the table is only
// described.
struct Desk {
  Monitor* monitor = nullptr;
  std::function<inventory::CloudPtr()> cloud = {};  // what runs at the moment
  store::Database* database = nullptr;
  series::SeriesStore* series = nullptr;
  const ledger::Ledger* ledger = nullptr;
  const Clock* clock = nullptr;
};

// The operators' API of monitoring: checks with their stand and history, and running one now.
std::vector<net::Endpoint> endpoints(Desk desk);

// The stands of checks, found by check.
class StandsByCheck {
 public:
  explicit StandsByCheck(std::vector<CheckStand> stands);
  // A default made one for a check that was never probed.
  const CheckStand& of(const inventory::CheckId& check) const;

 private:
  std::vector<CheckStand> stands_;  // by check
};

// The checks of one instance as the API shows them, in the order of the configuration, and the
// shape of one.
JsonArray checks_as_json(const inventory::Instance& instance, const StandsByCheck& stands);
Shape check_shape();
std::vector<Shape::Field> check_fields();
Shape verdict_shape(std::string_view about);

}  // namespace nocturn::monitoring
