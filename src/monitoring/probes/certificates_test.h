#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "monitoring/probes/probe_stand_test.h"
#include "support/temporary_folder.h"

// Certificates made on the spot and a peer that speaks TLS with them.
namespace nocturn::monitoring::test {

// A certificate for localhost and 127.0.0.1 that signs itself, with its key, as PEM files.
class Certificate {
 public:
  // Valid from `from_days` to `until_days` after now; days before now are negative.
  Certificate(int from_days, int until_days, const char* names = "DNS:localhost,IP:127.0.0.1") {
    key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    certificate_ = X509_new();
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 4711);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), 86400L * from_days);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 86400L * until_days);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("Canary"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate_, key_, EVP_sha256());
    FILE* out = std::fopen(certificate_file().c_str(), "w");
    PEM_write_X509(out, certificate_);
    std::fclose(out);
    out = std::fopen(key_file().c_str(), "w");
    PEM_write_PrivateKey(out, key_, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
  }
  ~Certificate() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string certificate_file() const { return folder_ / "cert.pem"; }
  std::string key_file() const { return folder_ / "key.pem"; }

  // Plays a server's part on a wire: handshake, then `talk`.
  void serve(Wire& wire, const std::function<void(SSL*)>& talk = {}) const {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context, certificate_);
    SSL_CTX_use_PrivateKey(context, key_);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, wire.descriptor());
    if (SSL_accept(ssl) == 1) {
      if (talk) talk(ssl);
      wire.pause(2s);  // until the peer goes
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
  }

 private:
  testing::TemporaryFolder folder_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
};

}  // namespace nocturn::monitoring::test
