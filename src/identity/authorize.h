#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/endpoint.h"

// The one place where rights are checked, for API, command line, pages and the gate.
namespace nocturn::identity {

enum class Role {
  viewer,
  operator_,  // of the hub
  security_engineer,
  network_engineer,
  database_engineer,
  storage_engineer,
  system_engineer,
  application_engineer,
  change_manager,
  approver,
  backup_administrator,
  security_officer,
  privacy_officer,
  auditor,
  administrator,
  customer_contact,  // always scoped to an institution
};
inline constexpr int kRoles = 16;
std::string_view name_of(Role role);  // "operator", "security_engineer"
Result<Role> role_from(std::string_view name);
std::string_view about(Role role);  // one sentence
// What the role allows; pure and constant.
std::span<const net::Permission> permissions_of(Role role);

// A role held by an account, everywhere or for one institution.
struct Grant {
  Role role = Role::viewer;
  std::string institution;  // empty: everywhere
  bool operator==(const Grant&) const = default;
};

// Who asks, with all that decides what they may.
struct Subject {
  net::Caller caller = {};
  std::vector<Grant> grants = {};
  // Of an API token: never more than these, whatever the account may.
  std::optional<std::vector<net::Permission>> scopes = {};
  bool everything = false;  // the data folder's owner, over the Unix socket
};

// What the right is asked for.
struct Object {
  std::string name;         // "instance/catalog-eu01"; empty: the cloud as a whole
  std::string institution;  // whose it is; empty: nobody's alone
};

// Whether the subject may do this to the object; `forbidden`, naming the missing right, when not.
// Pure.
Status authorize(const Subject& subject, net::Permission permission, const Object& object);
// All that the subject may do to the cloud as a whole; for showing a console what to offer.
std::vector<net::Permission> permitted(const Subject& subject);

}  // namespace nocturn::identity
