#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/sha256.h"

// Small secrets that the program must read again: sealed with XChaCha20-Poly1305
// (draft-irtf-cfrg-xchacha), by libsodium. What was sealed opens only with the same key and for the
// same purpose and owner; anything else is `corrupt`.
namespace nocturn::crypto {

// The key is wiped from memory when it goes. May be used by many threads.
class SealingKey {
 public:
  explicit SealingKey(const Hash& key) : key_(key) {}
  ~SealingKey();
  SealingKey(const SealingKey&) = default;
  SealingKey& operator=(const SealingKey&) = default;

  // Base64 of nonce and sealed text. `bound_to` says what for and whose ("totp of <account>"): it
  // is not stored, and must be the same when opening.
  std::string seal(std::string_view plain, std::string_view bound_to, Random& random) const;
  Result<std::string> open(std::string_view sealed, std::string_view bound_to) const;

 private:
  Hash key_;
};

}  // namespace nocturn::crypto
