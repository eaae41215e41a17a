#pragma once

#include <string_view>

// What a caller must be allowed to do. One name per right; identity/authorize.h is the one place
// that says who holds it.
namespace nocturn::net {

enum class Permission {
  anyone,          // no sign-in: signing in itself, the API's description
  own_account,     // whoever is signed in: own password, second factor, sessions, tokens
  read_status,     // rows with what operators see: measured and declared state, evidence
  declare_status,  // put a person's word over the measured state
  read_config,
  apply_config,
  run_check,
  read_ledger,
  read_people,
  manage_people,   // people, their accounts and roles, their sessions and tokens
  read_customers,  // institutions, their contacts and account assets
  manage_customers,
  erase_contacts,        // take out and erase what is kept about a contact
  read_notices,          // what was told to how many, and what became of it; no addresses
  send_notices,          // tell subscribers something in an operator's words
  manage_subscriptions,  // their addresses, their end, who cannot be reached
};
inline constexpr Permission kPermissions[] = {
    Permission::anyone,         Permission::own_account,
    Permission::read_status,    Permission::declare_status,
    Permission::read_config,    Permission::apply_config,
    Permission::run_check,      Permission::read_ledger,
    Permission::read_people,    Permission::manage_people,
    Permission::read_customers, Permission::manage_customers,
    Permission::erase_contacts, Permission::read_notices,
    Permission::send_notices,   Permission::manage_subscriptions};

// "read_status": as it stands in token scopes and in the API's description.
std::string_view name_of(Permission permission);

}  // namespace nocturn::net
