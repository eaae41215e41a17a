#include "crypto/sealed.h"

#include <sodium.h>

#include "base/text.h"

namespace nocturn::crypto {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == std::tuple_size_v<Hash>);

}  // namespace

SealingKey::~SealingKey() { sodium_memzero(key_.data(), key_.size()); }

std::string SealingKey::seal(std::string_view plain, std::string_view bound_to,
                             Random& random) const {
  CHECK(sodium_init() >= 0);
  Bytes bytes(kNonce + plain.size() + kTag);
  random.fill(std::span(bytes).first(kNonce));
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes.data() + kNonce, nullptr, as_bytes(plain).data(), plain.size(),
            as_bytes(bound_to).data(), bound_to.size(), nullptr, bytes.data(), key_.data()) == 0);
  return to_base64(bytes);
}

Result<std::string> SealingKey::open(std::string_view sealed, std::string_view bound_to) const {
  CHECK(sodium_init() >= 0);
  const Bytes bytes = TRY(from_base64(sealed));
  if (bytes.size() < kNonce + kTag) return fail(ErrorCode::corrupt, "too short for a sealed text");
  Bytes plain(bytes.size() - kNonce - kTag);
  const bool opened =
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, bytes.data() + kNonce, bytes.size() - kNonce,
          as_bytes(bound_to).data(), bound_to.size(), bytes.data(), key_.data()) == 0;
  if (!opened) return fail(ErrorCode::corrupt, "this was not sealed here, or not for this");
  return std::string(as_text(plain));
}

}  // namespace nocturn::crypto
