#include "identity/spelling.h"

#include <algorithm>
#include <set>

#include "base/line.h"
#include "base/text.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestLogin = 64;  // bytes
constexpr std::size_t kFewestLetters = 5;  // different ones in a password

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

Status check_institution(std::string_view text) {
  const bool right = !text.empty() && text.size() <= 128 &&
                     std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '-'; });
  if (!right)
    return fail(ErrorCode::invalid,
                "an institution is named by lower-case letters, digits and hyphens");
  return {};
}

}  // namespace

Result<std::string> spell_login(std::string_view text) {
  std::string login = lower_ascii(trim(text));
  const bool right = !login.empty() && login.size() <= kLongestLogin && is_plain(login.front()) &&
                     std::ranges::all_of(login, [](char c) {
                       return is_plain(c) || std::string_view("._@+-").contains(c);
                     });
  if (!right)
    return fail(ErrorCode::invalid,
                "a login has 1 to {} letters (a-z), digits and . _ @ + -, and begins with a letter "
                "or digit",
                kLongestLogin);
  return login;
}

Result<std::vector<Grant>> spell_grants(std::vector<Grant> grants) {
  if (grants.size() > kMostRoles)
    return fail(ErrorCode::invalid, "an account has at most {} roles", kMostRoles);
  for (const Grant& grant : grants) {
    if (!grant.institution.empty()) TRY_STATUS(check_institution(grant.institution));
    if (grant.role == Role::customer_contact && grant.institution.empty())
      return fail(ErrorCode::invalid, "a customer contact needs the institution it speaks for");
  }
  const auto place = [](const Grant& grant) {
    return std::pair(name_of(grant.role), std::string_view(grant.institution));
  };
  std::ranges::sort(grants, {}, place);
  const auto twice = std::ranges::unique(grants);
  grants.erase(twice.begin(), twice.end());
  return grants;
}

Status check_password(std::string_view password, std::string_view login, std::string_view name,
                      std::string_view email) {
  if (!is_utf8(password) || password.contains('\0'))
    return fail(ErrorCode::invalid, "a password is text");
  const std::size_t length = characters(password);
  if (length < kShortestPassword)
    return fail(ErrorCode::invalid, "a password has at least {} characters; some words do well",
                kShortestPassword);
  if (length > kLongestPassword)
    return fail(ErrorCode::invalid, "a password has at most {} characters", kLongestPassword);
  if (std::set<char>(password.begin(), password.end()).size() < kFewestLetters)
    return fail(ErrorCode::invalid, "this password repeats too few characters");
  const std::string lower = lower_ascii(password);
  for (const std::string_view known : {login, name, email})
    if (!known.empty() && lower == lower_ascii(known))
      return fail(ErrorCode::invalid, "a password must not be its owner's login, name or address");
  return {};
}

}  // namespace nocturn::identity
