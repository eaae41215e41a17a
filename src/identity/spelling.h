#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/line.h"
#include "identity/model.h"

// How what people type must be spelled: logins, roles, passwords; base/line.h has names and e-mail
// addresses. Pure.
namespace nocturn::identity {

inline constexpr std::size_t kShortestPassword = 12;  // characters
inline constexpr std::size_t kLongestPassword = 256;

// The login as it is kept: lower case, a letter or digit first, then letters, digits and . _ @ + -.
Result<std::string> spell_login(std::string_view text);
// Sorted by role and institution, each once; a customer contact must name its institution.
Result<std::vector<Grant>> spell_grants(std::vector<Grant> grants);
// Long enough, not too long, and not made of what everybody knows about its owner.
Status check_password(std::string_view password, std::string_view login, std::string_view name,
                      std::string_view email);

}  // namespace nocturn::identity
