#include "base/base64url.h"

#include <algorithm>

namespace nocturn {

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  std::string text = to_base64(bytes);
  text.resize(std::min(text.size(), text.find('=')));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos || text.size() % 4 == 1)
    return fail(ErrorCode::invalid, "not base64url without padding (RFC 4648, section 5)");
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return from_base64(padded);
}

}  // namespace nocturn
