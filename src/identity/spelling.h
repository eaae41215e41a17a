#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/model.h"

// How what people type must be spelled: names, logins, addresses, roles, passwords. Pure.
namespace nocturn::identity {

inline constexpr std::size_t kShortestPassword = 12;  // characters
inline constexpr std::size_t kLongestPassword = 256;

// One line without blanks at its ends, at most 200 characters, no control characters. `what` names
// it in the message.
Result<std::string> spell_line(std::string_view what, std::string_view text);
// The login as it is kept: lower case, a letter or digit first, then letters, digits and . _ @ + -.
Result<std::string> spell_login(std::string_view text);
// Empty, or something@something without blanks.
Result<std::string> spell_email(std::string_view text);
// Sorted by role and institution, each once; a customer contact must name its institution.
Result<std::vector<Grant>> spell_grants(std::vector<Grant> grants);
// Long enough, not too long, and not made of what everybody knows about its owner.
Status check_password(std::string_view password, std::string_view login, std::string_view name,
                      std::string_view email);

}  // namespace nocturn::identity
