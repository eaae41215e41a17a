#pragma once

#include <mutex>
#include <string>

#include "api/endpoints.h"
#include "base/clock.h"
#include "net/http_server.h"

// Where the hub's threads say what changed: to the event streams of the server, while there is
// one. They speak before it listens and while it ends. Thread-safe; does not block.
namespace nocturn::app {

using api::kOperatorStream;

class Broadcaster {
 public:
  explicit Broadcaster(const Clock& clock)
      // Ids go on rising over restarts, so that a client which comes back is not told old ids.
      : next_id_(static_cast<std::uint64_t>(clock.wall().time_since_epoch().count())) {}

  // The server from here on; null: none.
  void serve(net::HttpServer* server) {
    const std::lock_guard lock(mutex_);
    server_ = server;
  }
  void tell(std::string_view stream, std::string name, std::string data) {
    const std::lock_guard lock(mutex_);
    if (server_ == nullptr) return;
    server_->broadcast({next_id_++, std::move(name), std::move(data), std::string(stream)});
  }
  // Ends the streams that a session opened.
  void end_streams(const std::string& session) {
    const std::lock_guard lock(mutex_);
    if (server_ != nullptr) server_->end_streams(session);
  }

 private:
  std::mutex mutex_;
  net::HttpServer* server_ = nullptr;
  std::uint64_t next_id_;
};

}  // namespace nocturn::app
