#include "net/tls_client.h"

#include <sys/stat.h>

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "net/address.h"

namespace nocturn::net {
namespace {

constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kMaxNames = 100;  // a certificate with more is told in part

std::string openssl_words() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  return words == nullptr ? "unknown reason" : words;
}

// Changes when the file was replaced: size and time of the last change.
Result<std::string> stamp_of(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return about(path, Result<std::string>(fail(ErrorCode::not_found, "cannot be read")));
  }
  return fmt::format("{}.{}.{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

std::string one_line(const X509_NAME* name) {
  BIO* out = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

WallTime wall_time(const ASN1_TIME* time) {
  int days = 0, seconds = 0;
  ASN1_TIME* epoch = ASN1_TIME_set(nullptr, 0);
  ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  return WallTime{std::chrono::days(days) + std::chrono::seconds(seconds)};
}

std::vector<std::string> alternative_names(X509* certificate) {
  std::vector<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  const int count = list == nullptr ? 0 : sk_GENERAL_NAME_num(list);
  for (int i = 0; i < count && names.size() < kMaxNames; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_DNS) {
      names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      const int size = ASN1_STRING_length(name->d.iPAddress);
      if (size != 4 && size != 16) continue;
      Address address;
      address.v6 = size == 16;
      std::copy_n(ASN1_STRING_get0_data(name->d.iPAddress), size, address.ip.begin());
      names.push_back(address.ip_text());
    }
  }
  GENERAL_NAMES_free(list);
  return names;
}

void add_all(X509_STORE* to, X509_STORE* from) {
  const auto* objects = X509_STORE_get0_objects(from);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    if (X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i))) {
      X509_STORE_add_cert(to, certificate);
    }
  }
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsSession::TlsSession(ssl_st* ssl, bool verify) : ssl_(ssl), verify_(verify) {}

Status TlsSession::verdict() const {
  if (!verify_) return {};
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return fail(ErrorCode::unavailable, "the peer shows no certificate");
  const long result = SSL_get_verify_result(ssl_.get());
  if (result == X509_V_OK) return {};
  std::string more;
  if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    more = fmt::format(" (it is for {})", fmt::join(alternative_names(certificate), ", "));
  } else if (result == X509_V_ERR_CERT_HAS_EXPIRED) {
    more = " on " + to_rfc3339(wall_time(X509_get0_notAfter(certificate)));
  }
  return fail(ErrorCode::unavailable, "certificate: {}{}", X509_verify_cert_error_string(result),
              more);
}

TlsFacts TlsSession::facts() const {
  TlsFacts facts;
  facts.protocol = SSL_get_version(ssl_.get());
  facts.cipher = SSL_get_cipher_name(ssl_.get());
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return facts;
  facts.subject = one_line(X509_get_subject_name(certificate));
  facts.issuer = one_line(X509_get_issuer_name(certificate));
  facts.names = alternative_names(certificate);
  facts.not_before = wall_time(X509_get0_notBefore(certificate));
  facts.not_after = wall_time(X509_get0_notAfter(certificate));
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1) {
    facts.sha256 = to_hex({digest.data(), size});
  }
  return facts;
}

struct TlsClient::Context {
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { SSL_CTX_free(context); }

  SSL_CTX* context = nullptr;
  std::string stamp;  // of the CA file when it was read
  bool trusts_anybody = false;
};

TlsClient::TlsClient() : TlsClient(kSystemBundle) {}
TlsClient::TlsClient(std::string system_bundle) : system_bundle_(std::move(system_bundle)) {}
TlsClient::~TlsClient() = default;

Result<TlsClient::Context*> TlsClient::context_for(const TlsOptions& options) {
  const bool extra = options.verify && !options.ca_file.empty();
  const std::string stamp = extra ? TRY(stamp_of(options.ca_file)) : std::string();
  auto& slot = contexts_[extra ? options.ca_file : std::string()];
  if (slot && slot->stamp == stamp) return slot.get();

  auto fresh = std::make_unique<Context>();
  fresh->stamp = stamp;
  fresh->context = SSL_CTX_new(TLS_client_method());
  if (fresh->context == nullptr) return fail(ErrorCode::internal, "TLS: {}", openssl_words());
  SSL_CTX_set_min_proto_version(fresh->context, TLS1_2_VERSION);
  SSL_CTX_set_session_cache_mode(fresh->context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(fresh->context, SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(fresh->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
  // The chain is always examined and the handshake always finished; Connection asks verdict()
  // before a byte is sent. So a bad certificate can be described, not just refused.
  SSL_CTX_set_verify(fresh->context, SSL_VERIFY_NONE, nullptr);
  X509_STORE* store = SSL_CTX_get_cert_store(fresh->context);
  if (!extra) {
    fresh->trusts_anybody = X509_STORE_load_file(store, system_bundle_.c_str()) == 1;
    ERR_clear_error();
  } else {
    Context* system = TRY(context_for(TlsOptions{}));
    add_all(store, SSL_CTX_get_cert_store(system->context));
    if (X509_STORE_load_file(store, options.ca_file.c_str()) != 1) {
      return fail(ErrorCode::invalid, "{}: no certificate in PEM: {}", options.ca_file,
                  openssl_words());
    }
    fresh->trusts_anybody = true;
  }
  slot = std::move(fresh);
  return slot.get();
}

Result<TlsSession> TlsClient::open(const TlsOptions& options) {
  Context* context = TRY(context_for(options));
  if (options.verify && !context->trusts_anybody) {
    return fail(ErrorCode::unavailable, "no CA certificates at {}; install ca-certificates",
                system_bundle_);
  }
  TlsSession session(SSL_new(context->context), options.verify);
  if (session.ssl() == nullptr) return fail(ErrorCode::internal, "TLS: {}", openssl_words());
  if (const auto ip = parse_ip(options.server_name, 0)) {
    X509_VERIFY_PARAM_set1_ip(SSL_get0_param(session.ssl()), ip->ip.data(), ip->v6 ? 16 : 4);
  } else if (!options.server_name.empty()) {
    SSL_set_tlsext_host_name(session.ssl(), options.server_name.c_str());
    SSL_set1_host(session.ssl(), options.server_name.c_str());
  }
  SSL_set_connect_state(session.ssl());
  return session;
}

}  // namespace nocturn::net
