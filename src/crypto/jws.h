#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Signed messages of others: JSON Web Signatures in compact form (RFC 7515), checked with the keys
// of a JWK set (RFC 7517). A payload only comes out when a key of the set signed it with an
// algorithm on our list; what the message says about itself (embedded keys, key addresses, "none",
// shared secrets) is never believed (RFC 8725).
namespace nocturn::crypto {

enum class SignatureAlgorithm { rs256, ps256, es256, eddsa };

// "RS256", "PS256", "ES256", "EdDSA".
std::string_view name_of(SignatureAlgorithm algorithm);
// The one with that name, if it is on our list.
std::optional<SignatureAlgorithm> find_signature_algorithm(std::string_view name);

// A public key that somebody signs with, as it came out of a JWK set.
struct VerifyingKey {
  std::string id;                              // may be empty
  std::vector<SignatureAlgorithm> algorithms;  // that it may be used with; not empty
  std::string public_key;  // JWK with the public members alone; of Ed25519 its 32 bytes
};

// Reads a JWK set of at most 100 keys. Keys that we cannot use (other kinds and curves, RSA below
// 2,048 or above 8,192 bits, for encryption, incomplete) are left out, as RFC 7517 section 5 says.
// `invalid` when it is no JWK set, `not_found` when no usable key is in it.
Result<std::vector<VerifyingKey>> parse_jwk_set(std::string_view json);

struct SignedMessage {
  std::string payload;
  std::string type;  // the header's "typ"; may be empty
  SignatureAlgorithm algorithm;
};

// The message, when one of the keys signed it. `invalid`: no JWS, or more than 64 KiB;
// `unsupported`: another algorithm, or a header that must be understood and is not; `not_found`:
// no key with its key id (the set may have changed); `forbidden`: the signature is wrong.
Result<SignedMessage> open_jws(std::string_view compact, std::span<const VerifyingKey> keys);

}  // namespace nocturn::crypto
