#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/text.h"

// One-time codes as authenticator apps make them: TOTP (RFC 6238) with SHA-1 and steps of 30
// seconds, the form that every app knows. Pure.
namespace nocturn::crypto {

inline constexpr std::size_t kOneTimeSecret = 20;  // bytes: RFC 4226 section 4, R6

// The number of the 30 seconds that a time lies in.
std::int64_t time_step(WallTime time);
// HOTP (RFC 4226 section 5.3): the code of a step, with leading zeros.
std::string one_time_code(std::span<const std::uint8_t> secret, std::int64_t step, int digits = 6);
// The step whose code this is: the one of `now`, or the one before or after it (RFC 6238 section
// 5.2). A step up to `last_used` is never taken again.
std::optional<std::int64_t> matching_step(std::span<const std::uint8_t> secret,
                                          std::string_view code, WallTime now,
                                          std::optional<std::int64_t> last_used);

// RFC 4648 section 6, without padding: how secrets are shown and typed.
std::string to_base32(std::span<const std::uint8_t> bytes);

}  // namespace nocturn::crypto
