#include "identity/recovery_codes.h"

#include <array>

#include "base/text.h"
#include "crypto/one_time_code.h"
#include "identity/secrets.h"

namespace nocturn::identity {

RecoveryCodes draw_recovery_codes(Random& random) {
  RecoveryCodes codes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    std::array<std::uint8_t, 10> bytes;
    random.fill(bytes);
    std::string code = lower_ascii(crypto::to_base32(bytes));
    codes.hashes.push_back(digest_of(code));
    for (const std::size_t hyphen : {4, 9, 14}) code.insert(hyphen, 1, '-');
    codes.shown.push_back(std::move(code));
  }
  return codes;
}

}  // namespace nocturn::identity
