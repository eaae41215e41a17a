#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/http.h"

namespace nocturn::net {

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t large_body_bytes = 20 * 1024 * 1024;  // of those that ServerOptions::admit lets in
  std::size_t bodies_bytes = 64 * 1024 * 1024;      // of bodies under way, a loop; then 503
  std::size_t connections = 16 * 1024;  // then new ones are told 503 (TLS: not) and closed
  // From one address (IPv6: /64), but for this machine, whose proxies speak for many; then 429, and
  // under TLS closed at once.
  std::size_t connections_per_address = 1024;
  std::size_t streams_per_address = 64;  // public ones, of the client that a proxy names; then 429
  std::size_t streams_per_account = 16;
  std::size_t queued_requests = 256;             // waiting for a worker; then 503 with Retry-After
  Micros head_time = std::chrono::seconds(10);   // to receive a whole request head
  Micros body_time = std::chrono::seconds(30);   // and its body
  Micros idle_time = std::chrono::seconds(75);   // between requests
  Micros write_time = std::chrono::seconds(30);  // without a byte of progress
  Micros heartbeat = std::chrono::seconds(15);   // a comment on every event stream
  std::size_t stream_backlog = 64 * 1024;        // a reader further behind is let go
};

struct TlsFiles {
  std::string certificate;  // PEM chain
  std::string key;          // PEM
};

struct ServerOptions {
  std::string listen;                      // "127.0.0.1:8080", "[::1]:0"
  std::optional<std::string> unix_socket;  // mode 0600; answers with Request::local
  std::optional<TlsFiles> tls = {};        // for `listen`; TLS 1.2 and 1.3
  int loops = 0;                           // 0: one per core
  int workers = 4;
  ServerLimits limits = {};
  // Whether a request with this head may bring a body of that length, above body_bytes; the refusal
  // if not. Asked on a worker, before any of the body is taken. Not set: none may.
  std::function<std::optional<Response>(const Request& head, std::size_t length)> admit = {};
};

// One event loop per core. A request whose target is on the PageBoard is answered from the loop
// (ETag, 304, HEAD, gzip, brotli); GET on "/events" becomes the public event stream; everything
// else goes to `handler` on a worker thread, whose answer may be another event stream. The handler
// must come to an end by itself: stopping waits for it. The program ignores SIGPIPE, as OpenSSL
// writes without MSG_NOSIGNAL.
class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, const Clock& clock,
                                                   PageBoard& pages, Handler handler);
  // Stops taking connections, finishes requests under way within 5 s, joins its threads.
  virtual ~HttpServer() = default;

  virtual std::string address() const = 0;  // with the real port: "127.0.0.1:43121"
  // Sends an event to every reader of its stream. Thread-safe.
  virtual void broadcast(StreamEvent event) = 0;
  // Reads certificate and key again, for connections from now on; sessions resume across it. When
  // they are wrong, do not belong together, or ended while the old ones hold, the old ones stay.
  // Thread-safe.
  virtual Status renew_certificate() = 0;
  // Until when the certificate in use holds; nothing without TLS. Thread-safe.
  virtual std::optional<WallTime> certificate_ends() const = 0;
  // Ends the streams of this owner (Response::stream_owner), soon. Thread-safe.
  virtual void end_streams(std::string owner) = 0;

  // Since the start, but for streams and connections: those open now.
  struct Counters {
    std::uint64_t requests, pages, not_modified, handled, refused, streams, connections;
  };
  // Thread-safe.
  virtual Counters counters() const = 0;
};

}  // namespace nocturn::net
