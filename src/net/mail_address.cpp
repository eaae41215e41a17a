#include "net/mail_address.h"

#include <algorithm>
#include <array>
#include <memory>

#include <unicode/uidna.h>

#include "base/text.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kLongestLocal = 64;     // RFC 5321, section 4.5.3.1.1
constexpr std::size_t kLongestDomain = 253;   // RFC 1035: 255 on the wire
constexpr std::size_t kLongestAddress = 254;  // RFC 5321, section 4.5.3.1.3, less the brackets

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

// RFC 5322 atext, and RFC 6532's: anything beyond ASCII.
bool is_atom_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..");
}

// C1 controls, written in UTF-8 as C2 80 to C2 9F.
bool has_c1_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

// A quoted string as it is written: printable characters, quotes and backslashes escaped.
bool is_quoted_string(std::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '"') return false;
    if (inside[i] == '\\') ++i;
    if (i == inside.size()) return false;
    const auto byte = static_cast<unsigned char>(inside[i]);
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return true;
}

Result<std::string> spell_local(std::string_view local) {
  if (local.empty()) return fail(ErrorCode::invalid, "nothing before the @");
  if (has_c1_control(local)) return fail(ErrorCode::invalid, "a control character");
  std::string spelt(local);
  if (!is_quoted_string(local)) {
    if (!std::ranges::all_of(local, [](char c) { return is_atom_character(c) || c == '.'; }))
      return fail(ErrorCode::invalid, "a character before the @ that addresses do not have");
    if (!is_dot_atom(local)) spelt = fmt::format("\"{}\"", local);
  }
  if (spelt.size() > kLongestLocal)
    return fail(ErrorCode::invalid, "more than {} bytes before the @", kLongestLocal);
  return spelt;
}

bool is_literal(std::string_view domain) {
  if (!domain.starts_with('[') || !domain.ends_with(']')) return false;
  std::string_view inside = domain.substr(1, domain.size() - 2);
  if (inside.starts_with("IPv6:")) inside.remove_prefix(5);
  return !inside.empty() && inside.find_first_not_of("0123456789abcdefABCDEF:.") == inside.npos;
}

// Letters, digits and inner hyphens; also underscores, which some real hosts have.
bool is_host_name(std::string_view domain) {
  for (const auto label : split(domain, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    for (const char c : label) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
    }
  }
  return true;
}

Result<std::string> to_a_labels(std::string_view domain) {
  UErrorCode trouble = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, decltype(&uidna_close)> idna(
      uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                          UIDNA_USE_STD3_RULES,
                      &trouble),
      &uidna_close);
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, kLongestDomain + 1> spelt{};
  const auto size =
      uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()),
                             spelt.data(), spelt.size(), &info, &trouble);
  if (U_FAILURE(trouble) || info.errors != 0)
    return fail(ErrorCode::invalid, "the domain is no internationalised name");
  return std::string(spelt.data(), static_cast<std::size_t>(size));
}

Result<std::string> spell_domain(std::string_view domain) {
  if (domain.empty()) return fail(ErrorCode::invalid, "nothing behind the @");
  if (is_literal(domain)) return std::string(domain);
  const std::string ascii = is_ascii(domain) ? std::string(domain) : TRY(to_a_labels(domain));
  if (ascii.size() > kLongestDomain || !is_host_name(ascii))
    return fail(ErrorCode::invalid, "what is behind the @ is no domain");
  return ascii;
}

}  // namespace

bool MailAddress::needs_smtputf8() const { return !is_ascii(local); }

std::string MailAddress::text() const {
  return fmt::format("{}@{}", local, needs_smtputf8() ? domain : ascii_domain);
}

Result<MailAddress> parse_mail_address(std::string_view text) {
  if (text.size() > kLongestAddress)
    return fail(ErrorCode::invalid, "more than {} bytes", kLongestAddress);
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "not UTF-8");
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return fail(ErrorCode::invalid, "no @");
  MailAddress address;
  address.local = TRY(spell_local(text.substr(0, at)));
  address.domain = text.substr(at + 1);
  address.ascii_domain = TRY(spell_domain(address.domain));
  // Quotes and A-labels make it longer.
  if (address.text().size() > kLongestAddress)
    return fail(ErrorCode::invalid, "more than {} bytes", kLongestAddress);
  return address;
}

}  // namespace nocturn::net
