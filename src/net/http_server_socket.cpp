#include "net/http_server_socket.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace nocturn::net {
namespace {

std::unexpected<Error> tls_failure(std::string_view what, const std::string& file) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  Error error{ErrorCode::invalid,
              fmt::format("{}: {}", what, reason != nullptr ? reason : "unknown reason"), file};
  return std::unexpected(std::move(error));
}

// RFC 5077: a ticket says what the server would else remember, under keys of the context.
void keep_ticket_keys(SSL_CTX* from, SSL_CTX* into) {
  std::array<unsigned char, 256> keys{};
  const long size = SSL_CTX_get_tlsext_ticket_keys(from, nullptr, 0);
  CHECK(size > 0 && static_cast<std::size_t>(size) <= keys.size());
  CHECK(SSL_CTX_get_tlsext_ticket_keys(from, keys.data(), size) == 1 &&
        SSL_CTX_set_tlsext_ticket_keys(into, keys.data(), size) == 1);
  OPENSSL_cleanse(keys.data(), keys.size());
}

// RFC 7301: HTTP/1.1 is all we speak; a client that did not offer it may still be lucky.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

ServerSocket::Transfer explain_errno() {
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {later ? ServerSocket::Outcome::again : ServerSocket::Outcome::failed};
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::load(const TlsFiles& files,
                                                     const TlsContext* before) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return fail(ErrorCode::internal, "no TLS context could be made");
  std::unique_ptr<TlsContext> context(new TlsContext(raw));
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1)
    return tls_failure("the certificate cannot be read", files.certificate);
  // Reading the key already compares it with the certificate.
  if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool other_pair = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
    return tls_failure(
        other_pair ? "the key does not belong to the certificate" : "the key cannot be read",
        files.key);
  }
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(
      raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // A write is repeated with the same bytes at the same place or another copy of them.
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  // Tickets carry the session: nothing to remember on our side.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  // One recv() a record instead of two.
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  if (before != nullptr) keep_ticket_keys(before->get(), raw);
  return context;
}

WallTime TlsContext::ends() const {
  int days = 0, seconds = 0;
  ASN1_TIME* epoch = ASN1_TIME_set(nullptr, 0);
  ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(SSL_CTX_get0_certificate(context_)));
  ASN1_TIME_free(epoch);
  return WallTime(std::chrono::days(days) + std::chrono::seconds(seconds));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

ServerSocket::ServerSocket(int descriptor, const TlsContext* tls) : descriptor_(descriptor) {
  if (tls == nullptr) return;
  tls_ = SSL_new(tls->get());
  CHECK(tls_ != nullptr);
  CHECK(SSL_set_fd(tls_, descriptor_) == 1);
  SSL_set_accept_state(tls_);
}

ServerSocket::~ServerSocket() {
  if (tls_ != nullptr) SSL_free(tls_);
  ::close(descriptor_);
}

ServerSocket::Outcome ServerSocket::handshake(bool& wants_write) {
  wants_write = false;
  if (tls_ == nullptr) return Outcome::done;
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_);
  if (result == 1) return Outcome::done;
  const int error = SSL_get_error(tls_, result);
  wants_write = error == SSL_ERROR_WANT_WRITE;
  return wants_write || error == SSL_ERROR_WANT_READ ? Outcome::again : Outcome::failed;
}

ServerSocket::Transfer ServerSocket::explain(int result) const {
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Outcome::again};
    case SSL_ERROR_ZERO_RETURN: return {Outcome::ended};
    default: return {Outcome::failed};
  }
}

ServerSocket::Transfer ServerSocket::read(std::span<char> into) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(tls_, into.data(), into.size(), &bytes);
    return result == 1 ? Transfer{Outcome::done, bytes} : explain(result);
  }
  const ssize_t bytes = ::recv(descriptor_, into.data(), into.size(), 0);
  if (bytes > 0) return {Outcome::done, static_cast<std::size_t>(bytes)};
  return bytes == 0 ? Transfer{Outcome::ended} : explain_errno();
}

ServerSocket::Transfer ServerSocket::write(std::string_view bytes) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(tls_, bytes.data(), bytes.size(), &written);
    return result == 1 ? Transfer{Outcome::done, written} : explain(result);
  }
  const ssize_t written = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (written >= 0) return {Outcome::done, static_cast<std::size_t>(written)};
  return explain_errno();
}

ServerSocket::Transfer ServerSocket::send_file(int memory, std::size_t offset, std::size_t size) {
  CHECK(tls_ == nullptr);
  auto position = static_cast<off_t>(offset);
  const ssize_t written = ::sendfile(descriptor_, memory, &position, size);
  if (written > 0) return {Outcome::done, static_cast<std::size_t>(written)};
  return explain_errno();
}

bool ServerSocket::has_buffered() const { return tls_ != nullptr && SSL_has_pending(tls_) == 1; }

void ServerSocket::end_output() {
  if (tls_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  ::shutdown(descriptor_, SHUT_WR);
}

ServerSocket::Transfer ServerSocket::drain(std::span<char> into) {
  const ssize_t bytes = ::recv(descriptor_, into.data(), into.size(), 0);
  if (bytes > 0) return {Outcome::done, static_cast<std::size_t>(bytes)};
  return bytes == 0 ? Transfer{Outcome::ended} : explain_errno();
}

}  // namespace nocturn::net
