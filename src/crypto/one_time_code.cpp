#include "crypto/one_time_code.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "crypto/sha256.h"

namespace nocturn::crypto {

std::int64_t time_step(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count() / 30;
}

std::string one_time_code(std::span<const std::uint8_t> secret, std::int64_t step, int digits) {
  std::array<std::uint8_t, 8> counter;
  for (int i = 0; i < 8; ++i)
    counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<std::uint8_t, 20> mac;
  CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
             counter.size(), mac.data(), nullptr) != nullptr);
  const std::size_t at = mac[19] & 0x0F;
  const std::uint32_t number = (std::uint32_t(mac[at] & 0x7F) << 24) |
                               (std::uint32_t(mac[at + 1]) << 16) |
                               (std::uint32_t(mac[at + 2]) << 8) | mac[at + 3];
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  return fmt::format("{:0{}}", number % modulus, digits);
}

std::optional<std::int64_t> matching_step(std::span<const std::uint8_t> secret,
                                          std::string_view code, WallTime now,
                                          std::optional<std::int64_t> last_used) {
  const std::int64_t current = time_step(now);
  for (const std::int64_t step : {current, current - 1, current + 1}) {
    if (last_used && step <= *last_used) continue;
    if (equal_in_constant_time(as_bytes(one_time_code(secret, step)), as_bytes(code))) return step;
  }
  return std::nullopt;
}

std::string to_base32(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kLetters[(held >> (bits - 5)) & 31];
  }
  if (bits > 0) text += kLetters[(held << (5 - bits)) & 31];
  return text;
}

}  // namespace nocturn::crypto
