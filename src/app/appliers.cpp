#include "app/appliers.h"

#include "api/idempotency.h"
#include "customers/customers.h"
#include "identity/identity.h"
#include "inventory/inventory.h"
#include "monitoring/monitoring.h"
#include "notifications/notifications.h"
#include "publishing/publishing.h"
#include "status_page/status_page.h"

namespace nocturn::app {

std::span<const ledger::Applier> appliers() {
  static constexpr ledger::Applier kAppliers[] = {
      {"identity.", identity::apply},          {"inventory.", inventory::apply},
      {"customers.", customers::apply},        {"monitoring.", monitoring::apply},
      {"publishing.", publishing::apply},      {"status_page.", status_page::apply},
      {"notifications.", notifications::apply}};
  return kAppliers;
}

std::span<const store::ModuleMigrations> module_migrations() {
  static const store::ModuleMigrations kModules[] = {{"ledger", ledger::migrations()},
                                                     {"identity", identity::migrations()},
                                                     {"inventory", inventory::migrations()},
                                                     {"customers", customers::migrations()},
                                                     {"monitoring", monitoring::migrations()},
                                                     {"status_page", status_page::migrations()},
                                                     {"publishing", publishing::migrations()},
                                                     {"notifications", notifications::migrations()},
                                                     {"api", api::migrations()}};
  return kModules;
}

}  // namespace nocturn::app
