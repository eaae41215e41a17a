#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"

// RFC 4648 section 5 without padding: how tokens, JOSE and one-time links write bytes. Decoding
// refuses anything but the one canonical form, so that two texts never mean the same bytes.
namespace nocturn {

std::string to_base64url(std::span<const std::uint8_t> bytes);
Result<Bytes> from_base64url(std::string_view text);

}  // namespace nocturn
