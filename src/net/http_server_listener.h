#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/loop.h"

namespace nocturn::net {

// The IP address of the other side of a connected socket, or "unix".
std::string peer_address(int descriptor);

// A listening socket on a loop. Hands each accepted descriptor (non-blocking, close-on-exec) to
// its owner. When descriptors run out it closes what it cannot keep, instead of leaving clients
// and itself waiting: one descriptor is held in reserve for that.
class Listener {
 public:
  using OnAccept = std::function<void(int descriptor)>;

  // "127.0.0.1:8080", "[::1]:0", "localhost:80".
  static Result<std::unique_ptr<Listener>> open_tcp(const std::string& address);
  // A socket file that only its owner may use. One that nobody listens on any more is replaced;
  // it is removed at the end.
  static Result<std::unique_ptr<Listener>> open_unix(const std::string& path);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Where it listens: with the real port, or the path.
  const std::string& address() const { return address_; }

  // On the loop's thread, as is what follows.
  void start(Loop& loop, OnAccept on_accept);
  void stop();

 private:
  Listener(int descriptor, std::string address);
  void accept_some();
  bool shed_one();
  void pause();

  int descriptor_;
  int reserve_;
  std::string address_;
  std::string socket_file_;  // of a Unix socket, with its identity
  std::uint64_t socket_inode_ = 0;
  Loop* loop_ = nullptr;
  OnAccept on_accept_;
  Loop::TimerId pause_timer_ = 0;
  bool starving_ = false;
};

}  // namespace nocturn::net
