#include "crypto/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/result.h"

namespace nocturn::crypto {

struct Sha256::Context {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(digest); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex(context_->digest, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::span<const std::uint8_t> bytes) {
  CHECK(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()) == 1);
  return *this;
}

Hash Sha256::finish() {
  Hash hash;
  CHECK(EVP_DigestFinal_ex(context_->digest, hash.data(), nullptr) == 1);
  // Without naming the digest again: OpenSSL 3 would look it up each time, at the price of a hash.
  CHECK(EVP_DigestInit_ex(context_->digest, nullptr, nullptr) == 1);
  return hash;
}

Hash sha256(std::span<const std::uint8_t> bytes) { return Sha256().add(bytes).finish(); }

Hash hmac_sha256(std::span<const std::uint8_t> key, std::string_view message) {
  constexpr std::size_t kBlock = 64;
  Sha256 hasher;
  std::array<std::uint8_t, kBlock> block{};
  if (key.size() > kBlock) {
    const Hash short_key = hasher.add(key).finish();
    std::copy(short_key.begin(), short_key.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  auto padded = [&](std::uint8_t pad) {
    std::array<std::uint8_t, kBlock> out = block;
    for (auto& byte : out) byte ^= pad;
    return out;
  };
  const Hash inner = hasher.add(padded(0x36)).add(message).finish();
  return hasher.add(padded(0x5c)).add(inner).finish();
}

bool equal_in_constant_time(std::span<const std::uint8_t> left,
                            std::span<const std::uint8_t> right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace nocturn::crypto
