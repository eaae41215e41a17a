#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct ssl_st;
struct ssl_ctx_st;

// The client side of TLS. All connections share one SSL_CTX per CA file: reading the system's CA
// bundle costs more than twenty handshakes. Every handshake is a full one, so that certificate
// facts and times are those a new visitor gets.
namespace nocturn::net {

struct TlsOptions {
  std::string server_name;  // for SNI and for checking the certificate; a name or an IP address
  bool verify = true;       // chain and name; expiry too
  std::string ca_file;      // PEM, trusted besides the system's; empty: none
};

// What the peer showed in its handshake.
struct TlsFacts {
  std::string protocol;  // "TLSv1.3"
  std::string cipher;    // "TLS_AES_256_GCM_SHA384"
  std::string subject, issuer;
  std::vector<std::string> names;  // the first 100 alternative names: DNS and IP addresses
  std::string sha256;              // of the certificate, lower-case hex
  WallTime not_before, not_after;
};

// One handshake to be driven by a Connection.
class TlsSession {
 public:
  TlsSession(ssl_st* ssl, bool verify);
  TlsSession(TlsSession&&) noexcept = default;
  TlsSession& operator=(TlsSession&&) noexcept = default;
  ~TlsSession() = default;

  ssl_st* ssl() const { return ssl_.get(); }
  // After the handshake: fails with what is wrong with the certificate when it was to be verified.
  Status verdict() const;
  TlsFacts facts() const;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  std::unique_ptr<ssl_st, Free> ssl_;
  bool verify_;
};

// Belongs to one thread.
class TlsClient {
 public:
  TlsClient();
  // For tests and unusual systems: another bundle than Debian's.
  explicit TlsClient(std::string system_bundle);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // A session ready to connect. Fails, and that is our own fault, when a CA file cannot be read
  // or when everything must be verified and there is no CA at all.
  Result<TlsSession> open(const TlsOptions& options);

 private:
  struct Context;
  Result<Context*> context_for(const TlsOptions& options);

  std::string system_bundle_;
  std::map<std::string, std::unique_ptr<Context>> contexts_;  // by CA file; "" is the system's
};

}  // namespace nocturn::net
