#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/text.h"

// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), by OpenSSL, which uses the processor's own
// instructions for it. One object hashes many messages one after another without allocating; it
// belongs to one thread at a time.
namespace nocturn::crypto {

using Hash = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& add(std::span<const std::uint8_t> bytes);
  Sha256& add(std::string_view text) { return add(as_bytes(text)); }
  // The hash of all that was added since construction or the last finish(); starts afresh.
  Hash finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Hash sha256(std::span<const std::uint8_t> bytes);
inline Hash sha256(std::string_view text) { return sha256(as_bytes(text)); }

Hash hmac_sha256(std::span<const std::uint8_t> key, std::string_view message);

// Compares in a time that depends on the lengths alone; for secrets and what is made of them.
bool equal_in_constant_time(std::span<const std::uint8_t> left,
                            std::span<const std::uint8_t> right);

}  // namespace nocturn::crypto
