#include "notifications/mailbox.h"

#include <algorithm>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.h"

namespace nocturn::notifications {
namespace {

bool is_seen(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = 0;
    // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): so is the macro of ICU
    U8_NEXT_OR_FFFD(bytes, at, text.size(), c);
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 || u_isUWhiteSpace(c) != 0)
      return false;
  }
  return true;
}

// Unicode's NFKC_Casefold: one spelling of characters that differ in case, form or width alone.
std::string folded(std::string_view text) {
  UErrorCode trouble = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(trouble);
  if (U_FAILURE(trouble) != 0) return lower_ascii(text);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  fold->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink, nullptr,
                      trouble);
  return U_FAILURE(trouble) != 0 ? lower_ascii(text) : out;
}

}  // namespace

bool is_plain_mailbox(const net::MailAddress& address) {
  const std::string& local = address.local;
  const std::string& domain = address.ascii_domain;
  const std::size_t dot = domain.rfind('.');
  const bool named = dot != domain.npos && !domain.starts_with('[') &&
                     domain.find_first_not_of("0123456789", dot + 1) != domain.npos;
  return named && local.find_first_of("\"%!/|`") == local.npos && !local.starts_with('-') &&
         is_seen(local);
}

std::string mailbox_key(std::string_view address) {
  const auto parsed = net::parse_mail_address(address);
  if (!parsed) return lower_ascii(address);
  std::string local = folded(parsed->local);
  if (const std::size_t plus = local.find('+'); plus != local.npos && plus > 0) local.resize(plus);
  std::erase(local, '.');
  return fmt::format("{}@{}", local, lower_ascii(parsed->ascii_domain));
}

}  // namespace nocturn::notifications
