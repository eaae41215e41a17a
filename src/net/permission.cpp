#include "net/permission.h"

namespace nocturn::net {

std::string_view name_of(Permission permission) {
  switch (permission) {
    case Permission::anyone: return "anyone";
    case Permission::own_account: return "own_account";
    case Permission::read_status: return "read_status";
    case Permission::declare_status: return "declare_status";
    case Permission::read_config: return "read_config";
    case Permission::apply_config: return "apply_config";
    case Permission::run_check: return "run_check";
    case Permission::read_ledger: return "read_ledger";
    case Permission::read_people: return "read_people";
    case Permission::manage_people: return "manage_people";
    case Permission::read_customers: return "read_customers";
    case Permission::manage_customers: return "manage_customers";
    case Permission::erase_contacts: return "erase_contacts";
    case Permission::read_notices: return "read_notices";
    case Permission::send_notices: return "send_notices";
    case Permission::manage_subscriptions: return "manage_subscriptions";
  }
  return "none";
}

}  // namespace nocturn::net
