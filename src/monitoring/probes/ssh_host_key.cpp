#include "monitoring/probes/ssh_host_key.h"

#include <array>
#include <memory>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

#include "base/text.h"
#include "monitoring/probes/ssh_wire.h"

namespace nocturn::monitoring {
namespace {

template <class T, void (*release)(T*)>
struct Releaser {
  void operator()(T* thing) const { release(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Releaser<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releaser<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Releaser<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Releaser<OSSL_PARAM, OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Releaser<BIGNUM, BN_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Releaser<ECDSA_SIG, ECDSA_SIG_free>>;

constexpr std::size_t kLargestNumber = 2049;  // bytes: RSA with 16,384 bits

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number number(std::string_view bytes) {
  if (bytes.size() > kLargestNumber) return nullptr;
  return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key from_params(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return Key(key);
}

Key ed25519_key(SshReader& in) {  // RFC 8709
  const auto point = in.string();
  if (in.bad() || !in.at_end()) return nullptr;
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(point), point.size()));
}

Key p256_key(SshReader& in) {  // RFC 5656, section 3.1
  const auto curve = in.string();
  const auto point = in.string();
  const Builder builder(OSSL_PARAM_BLD_new());
  if (in.bad() || !in.at_end() || curve != "nistp256" || !builder) return nullptr;
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return from_params("EC", builder.get());
}

Key rsa_key(SshReader& in) {  // RFC 4253, section 6.6
  const Number exponent = number(in.string());
  const Number modulus = number(in.string());
  const Builder builder(OSSL_PARAM_BLD_new());
  if (in.bad() || !in.at_end() || !exponent || !modulus || !builder) return nullptr;
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return from_params("RSA", builder.get());
}

bool verifies(EVP_PKEY* key, const EVP_MD* digest, std::string_view signature,
              std::string_view data) {
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(data),
                          data.size()) == 1;
}

// SSH carries the two numbers of an ECDSA signature bare, OpenSSL wants them in DER.
std::string der_of(std::string_view numbers) {
  SshReader in(numbers);
  Number r = number(in.string());
  Number s = number(in.string());
  const EcSignature signature(ECDSA_SIG_new());
  if (in.bad() || !r || !s || !signature) return {};
  ECDSA_SIG_set0(signature.get(), r.release(), s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string out(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::string ssh_fingerprint(std::string_view key_blob) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(raw(key_blob), key_blob.size(), digest.data());
  auto text = to_base64(digest);
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

Status verify_ssh_signature(std::string_view algorithm, std::string_view key_blob,
                            std::string_view signature_blob, std::string_view data) {
  SshReader key_in(key_blob), signature_in(signature_blob);
  const auto key_type = key_in.string();
  const auto made_with = signature_in.string();
  const auto signature = signature_in.string();
  if (key_in.bad() || signature_in.bad()) {
    return fail(ErrorCode::corrupt, "a host key or signature that cannot be read");
  }
  if (made_with != algorithm) {
    return fail(ErrorCode::corrupt, "signed with {}, agreed on {}", made_with.substr(0, 40),
                algorithm);
  }
  const bool rsa = algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
  if (key_type != (rsa ? "ssh-rsa" : algorithm)) {
    return fail(ErrorCode::corrupt, "a host key of another type than agreed");
  }
  bool right = false;
  if (rsa) {
    const Key key = rsa_key(key_in);
    right = key && verifies(key.get(), algorithm == "rsa-sha2-512" ? EVP_sha512() : EVP_sha256(),
                            signature, data);
  } else if (algorithm == "ecdsa-sha2-nistp256") {
    const Key key = p256_key(key_in);
    right = key && verifies(key.get(), EVP_sha256(), der_of(signature), data);
  } else if (algorithm == "ssh-ed25519") {
    const Key key = ed25519_key(key_in);
    right = key && verifies(key.get(), nullptr, signature, data);
  }
  if (right) return {};
  return fail(ErrorCode::corrupt, "the server cannot prove that the host key is its own");
}

}  // namespace nocturn::monitoring
