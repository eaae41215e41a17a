#include "identity/spelling.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestLine = 200;   // characters
constexpr std::size_t kLongestLogin = 64;   // bytes
constexpr std::size_t kLongestEmail = 254;  // RFC 5321 section 4.5.3.1.3, less the brackets
constexpr std::size_t kFewestLetters = 5;   // different ones in a password

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Characters that nobody sees and that make others be seen elsewhere or as commands: control
// characters beyond ASCII, separators of lines, and the marks that turn the direction of text
// around (Unicode TR 36, section 2.5). Hebrew names need none of them.
bool has_trickery(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xC2' && second < 0xA0) return true;  // U+0080 to U+009F
    if (text[i] != '\xE2' || i + 2 >= text.size()) continue;
    const auto third = static_cast<unsigned char>(text[i + 2]);
    if (second == 0x80 && third >= 0xA8 && third <= 0xAE) return true;  // U+2028 to U+202E
    if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;  // U+2066 to U+2069
  }
  return false;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Status check_institution(std::string_view text) {
  const bool right = !text.empty() && text.size() <= 128 &&
                     std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '-'; });
  if (!right)
    return fail(ErrorCode::invalid,
                "an institution is named by lower-case letters, digits and hyphens");
  return {};
}

}  // namespace

Result<std::string> spell_line(std::string_view what, std::string_view text) {
  const std::string_view line = trim(text);
  if (line.empty()) return fail(ErrorCode::invalid, "{} must not be empty", what);
  if (!is_utf8(line) || has_control(line) || has_trickery(line))
    return fail(ErrorCode::invalid, "{} must be one line without control characters", what);
  if (characters(line) > kLongestLine)
    return fail(ErrorCode::invalid, "{} is longer than {} characters", what, kLongestLine);
  return std::string(line);
}

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

Result<std::string> spell_email(std::string_view text) {
  const std::string_view email = trim(text);
  if (email.empty()) return std::string();
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size() ||
      email.size() > kLongestEmail || !is_utf8(email) || has_control(email) ||
      has_trickery(email) || email.contains(' '))
    return fail(ErrorCode::invalid, "\"{}\" is no e-mail address; write name@example.org",
                is_utf8(email) && !has_control(email) && !has_trickery(email) ? email.substr(0, 80)
                                                                              : "that");
  return std::string(email);
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
