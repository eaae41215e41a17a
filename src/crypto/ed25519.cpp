#include "crypto/ed25519.h"

#include <sodium.h>

#include "base/result.h"
#include "base/text.h"

namespace nocturn::crypto {

SigningKey::SigningKey(const Seed& seed) {
  CHECK(sodium_init() >= 0);
  CHECK(crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data()) == 0);
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(std::string_view message) const {
  Signature signature;
  CHECK(crypto_sign_detached(signature.data(), nullptr, as_bytes(message).data(), message.size(),
                             secret_.data()) == 0);
  return signature;
}

bool verify(std::string_view message, const Signature& signature, const PublicKey& key) {
  CHECK(sodium_init() >= 0);
  return crypto_sign_verify_detached(signature.data(), as_bytes(message).data(), message.size(),
                                     key.data()) == 0;
}

}  // namespace nocturn::crypto
