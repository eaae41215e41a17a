#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

// Ed25519 signatures (RFC 8032), by libsodium.
namespace nocturn::crypto {

using Seed = std::array<std::uint8_t, 32>;  // the private key of RFC 8032
using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

// A key pair; its secret half is wiped from memory when it goes. May be used by many threads.
class SigningKey {
 public:
  explicit SigningKey(const Seed& seed);
  ~SigningKey();
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view message) const;

 private:
  PublicKey public_key_;
  std::array<std::uint8_t, 64> secret_;
};

bool verify(std::string_view message, const Signature& signature, const PublicKey& key);

}  // namespace nocturn::crypto
