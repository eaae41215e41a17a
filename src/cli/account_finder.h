#pragma once

#include <string>

#include "cli/noun.h"

// Accounts as people name them at a terminal: by their login.
namespace nocturn::cli {

struct FoundAccount {
  std::string id, person;  // person: empty for services
  std::string login;
};
// `not_found` when nobody has that login.
Result<FoundAccount> find_account(const Shared& shared, const std::string& login);

}  // namespace nocturn::cli
