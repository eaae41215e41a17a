#include "crypto/password.h"

#include <sodium.h>

#include <array>

#include "base/result.h"

namespace nocturn::crypto {

std::string hash_password(std::string_view password, PasswordCost cost) {
  CHECK(sodium_init() >= 0);
  std::array<char, crypto_pwhash_STRBYTES> text{};
  CHECK(crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.passes,
                              cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0);
  return text.data();
}

bool verify_password(std::string_view password, const std::string& hash) {
  CHECK(sodium_init() >= 0);
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace nocturn::crypto
