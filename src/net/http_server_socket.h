#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_server.h"

struct ssl_st;
struct ssl_ctx_st;

namespace nocturn::net {

// The server's certificate, key and rules for TLS: versions 1.2 and 1.3, session tickets, no
// renegotiation. Thread-safe once made.
class TlsContext {
 public:
  // With the keys of `before`'s tickets, if there is one: sessions that began under it go on.
  static Result<std::unique_ptr<TlsContext>> load(const TlsFiles& files, const TlsContext* before);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ssl_ctx_st* get() const { return context_; }
  // Until when the certificate holds.
  WallTime ends() const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

// An accepted, non-blocking connection, plain or under TLS; owns and closes its descriptor. No
// call blocks; `again` means that nothing can be done before the descriptor is ready once more.
class ServerSocket {
 public:
  enum class Outcome : std::uint8_t { done, again, ended, failed };
  struct Transfer {
    Outcome outcome;
    std::size_t bytes = 0;  // with `done`: at least one
  };

  // `tls` may be null; it is needed during this call only.
  ServerSocket(int descriptor, const TlsContext* tls);
  ~ServerSocket();
  ServerSocket(const ServerSocket&) = delete;
  ServerSocket& operator=(const ServerSocket&) = delete;

  int descriptor() const { return descriptor_; }
  bool secure() const { return tls_ != nullptr; }

  // To be called while it says `again`; at once `done` without TLS.
  Outcome handshake(bool& wants_write);
  Transfer read(std::span<char> into);
  // May take a part of `bytes`.
  Transfer write(std::string_view bytes);
  // As write(), where the bytes also lie at the start of the file `memory`.
  Transfer send_file(int memory, std::size_t offset, std::size_t size);
  // Bytes were received that the next read() gives without the descriptor becoming ready.
  bool has_buffered() const;
  // Tells the other side that nothing more will come.
  void end_output();
  // The raw bytes that still arrive after end_output(), thrown away.
  Transfer drain(std::span<char> into);

 private:
  Transfer explain(int result) const;

  int descriptor_;
  ssl_st* tls_ = nullptr;
};

}  // namespace nocturn::net
