#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// A server's public key as SSH carries it, and the proof that the server holds the other half.
namespace nocturn::monitoring {

// "SHA256:…" as ssh-keygen -l prints it.
std::string ssh_fingerprint(std::string_view key_blob);

// Whether `signature_blob` is this key's signature of `data`, made with `algorithm` (ssh-ed25519,
// ecdsa-sha2-nistp256, rsa-sha2-256, rsa-sha2-512). Fails with why not.
Status verify_ssh_signature(std::string_view algorithm, std::string_view key_blob,
                            std::string_view signature_blob, std::string_view data);

}  // namespace nocturn::monitoring
