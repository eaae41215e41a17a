#include "crypto/jws.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <cjose/cjose.h>
#include <boost/json.hpp>

#include "base/base64url.h"
#include "base/json.h"
#include "crypto/ed25519.h"

namespace nocturn::crypto {
namespace {

constexpr std::size_t kLongestMessage = 64 * 1024;
constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kShortestModulus = 256, kLongestModulus = 1024;  // bytes: 2,048 to 8,192 bits
constexpr std::size_t kLongestExponent = 4;
constexpr std::size_t kCoordinate = 32;

struct Named {
  SignatureAlgorithm algorithm;
  std::string_view name;
};
constexpr Named kNames[] = {{SignatureAlgorithm::rs256, "RS256"},
                            {SignatureAlgorithm::ps256, "PS256"},
                            {SignatureAlgorithm::es256, "ES256"},
                            {SignatureAlgorithm::eddsa, "EdDSA"}};

struct KeyRelease {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
struct MessageRelease {
  void operator()(cjose_jws_t* message) const { cjose_jws_release(message); }
};
using KeyPtr = std::unique_ptr<cjose_jwk_t, KeyRelease>;
using MessagePtr = std::unique_ptr<cjose_jws_t, MessageRelease>;

std::string text_member(const JsonObject& object, const char* name) {
  const Json* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

// Whether the member is there with something else than text.
bool no_text(const JsonObject& object, const char* name) {
  const Json* member = object.if_contains(name);
  return member != nullptr && !member->is_string();
}

bool is_for_signatures(const JsonObject& key) {
  if (key.contains("use") && text_member(key, "use") != "sig") return false;
  const Json* operations = key.if_contains("key_ops");
  if (operations == nullptr) return true;
  const JsonArray* list = operations->if_array();
  return list != nullptr && std::ranges::any_of(*list, [](const Json& operation) {
           return operation.is_string() && operation.get_string() == "verify";
         });
}

// The bytes of a base64url member; empty when it is none.
Bytes bytes_member(const JsonObject& object, const char* name) {
  auto bytes = from_base64url(text_member(object, name));
  return bytes ? *std::move(bytes) : Bytes();
}

bool is_rsa_key(const JsonObject& key) {
  const Bytes modulus = bytes_member(key, "n"), exponent = bytes_member(key, "e");
  if (modulus.size() < kShortestModulus || modulus.size() > kLongestModulus) return false;
  if (modulus.front() == 0 || (modulus.back() & 1) == 0) return false;
  if (exponent.empty() || exponent.size() > kLongestExponent || (exponent.back() & 1) == 0)
    return false;
  return exponent.size() > 1 || exponent.front() > 1;
}

KeyPtr import_key(const std::string& jwk) {
  return KeyPtr(cjose_jwk_import(jwk.data(), jwk.size(), nullptr));
}

// What a message says about itself, in a header that we can understand whole.
struct Header {
  SignatureAlgorithm algorithm;
  std::string key_id, type;
};

Result<Header> read_header(std::string_view encoded) {
  const auto bytes = from_base64url(encoded);
  if (!bytes || !is_utf8(as_text(*bytes)))
    return fail(ErrorCode::invalid, "the header is no base64url text");
  const Json parsed = TRY(parse_json(as_text(*bytes)));
  const JsonObject* header = parsed.if_object();
  if (header == nullptr) return fail(ErrorCode::invalid, "the header is no object");
  // RFC 7515 section 4.1.11: what is critical and unknown makes the message unreadable.
  if (header->contains("crit"))
    return fail(ErrorCode::unsupported, "the header has critical extensions");
  if (no_text(*header, "alg") || no_text(*header, "kid") || no_text(*header, "typ"))
    return fail(ErrorCode::invalid, "the header has a member that is no text");
  const auto algorithm = find_signature_algorithm(text_member(*header, "alg"));
  if (!algorithm) return fail(ErrorCode::unsupported, "the algorithm is not on our list");
  return Header{*algorithm, text_member(*header, "kid"), text_member(*header, "typ")};
}

bool verify_by_cjose(std::string_view compact, const std::string& jwk) {
  const KeyPtr key = import_key(jwk);
  const MessagePtr message(cjose_jws_import(compact.data(), compact.size(), nullptr));
  return key && message && cjose_jws_verify(message.get(), key.get(), nullptr);
}

bool verify_by_ed25519(std::string_view signed_text, const Bytes& signature,
                       const std::string& key) {
  Signature given;
  PublicKey public_key;
  if (signature.size() != given.size() || key.size() != public_key.size()) return false;
  std::ranges::copy(signature, given.begin());
  std::ranges::copy(as_bytes(key), public_key.begin());
  return verify(signed_text, given, public_key);
}

// The key that one member of a set tells, if it is of use to us.
std::optional<VerifyingKey> read_key(const Json& value) {
  const JsonObject* jwk = value.if_object();
  if (jwk == nullptr || !is_for_signatures(*jwk) || no_text(*jwk, "kid")) return std::nullopt;
  VerifyingKey key{.id = text_member(*jwk, "kid"), .algorithms = {}, .public_key = {}};
  const std::string kind = text_member(*jwk, "kty"), curve = text_member(*jwk, "crv");
  JsonObject own{{"kty", kind}};
  const auto take = [&](const char* name) { own[name] = text_member(*jwk, name); };
  if (kind == "RSA" && is_rsa_key(*jwk)) {
    key.algorithms = {SignatureAlgorithm::rs256, SignatureAlgorithm::ps256};
    take("n");
    take("e");
  } else if (kind == "EC" && curve == "P-256" && bytes_member(*jwk, "x").size() == kCoordinate &&
             bytes_member(*jwk, "y").size() == kCoordinate) {
    key.algorithms = {SignatureAlgorithm::es256};
    take("crv");
    take("x");
    take("y");
  } else if (kind == "OKP" && curve == "Ed25519" && bytes_member(*jwk, "x").size() == kCoordinate) {
    key.algorithms = {SignatureAlgorithm::eddsa};
    key.public_key = as_text(bytes_member(*jwk, "x"));
  } else {
    return std::nullopt;
  }
  if (jwk->contains("alg")) {
    const auto only = find_signature_algorithm(text_member(*jwk, "alg"));
    std::erase_if(key.algorithms, [&](SignatureAlgorithm algorithm) { return algorithm != only; });
    if (key.algorithms.empty()) return std::nullopt;
  }
  if (key.public_key.empty()) {
    key.public_key = boost::json::serialize(own);
    if (!import_key(key.public_key)) return std::nullopt;  // no point of the curve, for example
  }
  return key;
}

bool is_signed(std::string_view compact, SignatureAlgorithm algorithm, const Bytes& signature,
               const VerifyingKey& key) {
  if (algorithm == SignatureAlgorithm::eddsa)
    return verify_by_ed25519(compact.substr(0, compact.rfind('.')), signature, key.public_key);
  // RFC 7518 section 3.4: R and S, each of the curve's size.
  if (algorithm == SignatureAlgorithm::es256 && signature.size() != 2 * kCoordinate) return false;
  return verify_by_cjose(compact, key.public_key);
}
}  // namespace

std::string_view name_of(SignatureAlgorithm algorithm) {
  return std::ranges::find(kNames, algorithm, &Named::algorithm)->name;
}

std::optional<SignatureAlgorithm> find_signature_algorithm(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &Named::name);
  return found == std::end(kNames) ? std::nullopt : std::optional(found->algorithm);
}

Result<std::vector<VerifyingKey>> parse_jwk_set(std::string_view json) {
  const Json parsed = TRY(parse_json(json));
  const JsonObject* set = parsed.if_object();
  const Json* member = set == nullptr ? nullptr : set->if_contains("keys");
  const JsonArray* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr) return fail(ErrorCode::invalid, "no JWK set: it has no list of keys");
  if (list->size() > kMostKeys)
    return fail(ErrorCode::limited, "{} keys, at most {}", list->size(), kMostKeys);
  std::vector<VerifyingKey> keys;
  for (const Json& jwk : *list)
    if (auto key = read_key(jwk)) keys.push_back(*std::move(key));
  if (keys.empty()) return fail(ErrorCode::not_found, "no key that we can check with");
  return keys;
}

Result<SignedMessage> open_jws(std::string_view compact, std::span<const VerifyingKey> keys) {
  if (compact.size() > kLongestMessage) return fail(ErrorCode::invalid, "too long");
  const auto parts = split(compact, '.');
  if (parts.size() != 3) return fail(ErrorCode::invalid, "no JWS in compact form");
  Header header = TRY(read_header(parts[0]));
  const Bytes payload = TRY(about("payload", from_base64url(parts[1])));
  const Bytes signature = TRY(about("signature", from_base64url(parts[2])));
  bool tried = false;
  for (const VerifyingKey& key : keys) {
    if (!header.key_id.empty() && key.id != header.key_id) continue;
    if (std::ranges::find(key.algorithms, header.algorithm) == key.algorithms.end()) continue;
    tried = true;
    if (is_signed(compact, header.algorithm, signature, key))
      return SignedMessage{std::string(as_text(payload)), std::move(header.type), header.algorithm};
  }
  if (!tried)
    return fail(ErrorCode::not_found, "no {} key with its key id", name_of(header.algorithm));
  return fail(ErrorCode::forbidden, "the signature is wrong");
}

}  // namespace nocturn::crypto
