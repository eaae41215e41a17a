#pragma once

#include <string>
#include <vector>

#include "base/random.h"

// Codes that stand in once for a second factor: 80 random bits each, so that a plain SHA-256 of
// one says nothing about it.
namespace nocturn::identity {

struct RecoveryCodes {
  std::vector<std::string> shown;   // "abcd-efgh-ijkl-mnop"
  std::vector<std::string> hashes;  // of the same without hyphens, as digest_of() has them
};
RecoveryCodes draw_recovery_codes(Random& random);

}  // namespace nocturn::identity
