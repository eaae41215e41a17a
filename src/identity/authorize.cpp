#include "identity/authorize.h"

#include <algorithm>

namespace nocturn::identity {
namespace {

using net::Permission;

struct RoleFacts {
  Role role;
  std::string_view name;
  std::string_view about;
  std::span<const Permission> permissions;
};

constexpr Permission kRead[] = {Permission::own_account, Permission::read_status,
                                Permission::read_config, Permission::read_ledger,
                                Permission::read_notices};
constexpr Permission kOperate[] = {
    Permission::own_account,    Permission::read_status,         Permission::read_config,
    Permission::read_ledger,    Permission::run_check,           Permission::declare_status,
    Permission::read_customers, Permission::manage_customers,    Permission::read_notices,
    Permission::send_notices,   Permission::manage_subscriptions};
constexpr Permission kDiagnose[] = {Permission::own_account, Permission::read_status,
                                    Permission::read_config, Permission::read_ledger,
                                    Permission::run_check,   Permission::read_notices};
constexpr Permission kManageChanges[] = {Permission::own_account,  Permission::read_status,
                                         Permission::read_config,  Permission::read_ledger,
                                         Permission::run_check,    Permission::declare_status,
                                         Permission::apply_config, Permission::read_customers,
                                         Permission::read_notices, Permission::send_notices};
constexpr Permission kOversee[] = {Permission::own_account, Permission::read_status,
                                   Permission::read_config, Permission::read_ledger,
                                   Permission::read_people, Permission::read_customers,
                                   Permission::read_notices};
constexpr Permission kProtect[] = {
    Permission::own_account,    Permission::read_status,  Permission::read_config,
    Permission::read_ledger,    Permission::read_people,  Permission::read_customers,
    Permission::erase_contacts, Permission::read_notices, Permission::manage_subscriptions};
constexpr Permission kOwn[] = {Permission::own_account, Permission::read_customers};

constexpr RoleFacts kFacts[] = {
    {Role::viewer, "viewer", "Sees everything but people and customers.", kRead},
    {Role::operator_, "operator",
     "Watches in the hub: runs checks, declares states, keeps customers and subscriptions.",
     kOperate},
    {Role::security_engineer, "security_engineer", "On call for security.", kDiagnose},
    {Role::network_engineer, "network_engineer", "On call for the network.", kDiagnose},
    {Role::database_engineer, "database_engineer", "On call for databases.", kDiagnose},
    {Role::storage_engineer, "storage_engineer", "On call for storage.", kDiagnose},
    {Role::system_engineer, "system_engineer", "On call for systems.", kDiagnose},
    {Role::application_engineer, "application_engineer", "On call for applications.", kDiagnose},
    {Role::change_manager, "change_manager", "Plans changes and applies the configuration.",
     kManageChanges},
    {Role::approver, "approver", "Approves changes.", kRead},
    {Role::backup_administrator, "backup_administrator", "Runs backups, restores and drills.",
     kDiagnose},
    {Role::security_officer, "security_officer", "Reviews who may do what, and what was done.",
     kOversee},
    {Role::privacy_officer, "privacy_officer", "Reviews what is kept about people, and erases it.",
     kProtect},
    {Role::auditor, "auditor", "Reads everything, changes nothing.", kOversee},
    {Role::administrator, "administrator", "Manages people, and may do all that others may.",
     net::kPermissions},
    {Role::customer_contact, "customer_contact", "Speaks for one institution, and sees its own.",
     kOwn},
};
static_assert(std::size(kFacts) == kRoles);

const RoleFacts& facts_of(Role role) { return kFacts[static_cast<std::size_t>(role)]; }

bool contains(std::span<const Permission> list, Permission permission) {
  return std::ranges::find(list, permission) != list.end();
}

// A role for one institution reaches what is that institution's, and the account itself.
bool reaches(const Grant& grant, Permission permission, const Object& object) {
  if (!contains(permissions_of(grant.role), permission)) return false;
  return grant.institution.empty() || permission == Permission::own_account ||
         grant.institution == object.institution;
}

}  // namespace

std::string_view name_of(Role role) { return facts_of(role).name; }
std::string_view about(Role role) { return facts_of(role).about; }
std::span<const Permission> permissions_of(Role role) { return facts_of(role).permissions; }

Result<Role> role_from(std::string_view name) {
  for (const RoleFacts& facts : kFacts)
    if (facts.name == name) return facts.role;
  return fail(ErrorCode::invalid, "no role is called \"{}\"", name);
}

Status authorize(const Subject& subject, Permission permission, const Object& object) {
  if (permission == Permission::anyone || subject.everything) return {};
  if (subject.scopes && !contains(*subject.scopes, permission))
    return fail(ErrorCode::forbidden, "the token's scopes lack {}", name_of(permission));
  for (const Grant& grant : subject.grants)
    if (reaches(grant, permission, object)) return {};
  if (permission == Permission::own_account && !subject.caller.account.empty()) return {};
  return fail(ErrorCode::forbidden, "{} lacks the right {}{}{}", subject.caller.name,
              name_of(permission), object.name.empty() ? "" : " for ", object.name);
}

std::vector<Permission> permitted(const Subject& subject) {
  std::vector<Permission> all;
  for (const Permission permission : net::kPermissions)
    if (authorize(subject, permission, {})) all.push_back(permission);
  return all;
}

}  // namespace nocturn::identity
