#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

// Servers in the test's own process that answer as badly as a test wants.
namespace nocturn::testing {

// The server's end of one connection, used from its own thread.
class Wire {
 public:
  Wire(int descriptor, std::stop_token stop) : descriptor_(descriptor), stop_(std::move(stop)) {}
  ~Wire() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Reads until `mark` came, the peer closed or ten seconds passed; what came.
  std::string read_until(std::string_view mark) {
    std::string got;
    for (char c = 0; got.find(mark) == got.npos && !over();) {
      pollfd ready{descriptor_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      if (::recv(descriptor_, &c, 1, 0) != 1) break;
      got += c;
    }
    return got;
  }
  // Waits; ends early when the test is over or the peer is gone.
  bool pause(std::chrono::milliseconds time) {
    for (auto left = time; left.count() > 0 && !over(); left -= std::chrono::milliseconds(10)) {
      pollfd gone{descriptor_, POLLRDHUP, 0};
      if (::poll(&gone, 1, 10) > 0) return false;
    }
    return !over();
  }
  // Stays silent until the peer goes.
  void hang() { pause(std::chrono::seconds(60)); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(descriptor_, -1));
  }
  int descriptor() const { return descriptor_; }
  bool over() const { return stop_.stop_requested(); }

 private:
  int descriptor_;
  std::stop_token stop_;
};

// A server on a free port of 127.0.0.1 that lives as long as the object.
class Peer {
 public:
  using Script = std::function<void(Wire&)>;

  explicit Peer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
  }
  ~Peer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::string target() const { return fmt::format("127.0.0.1:{}", port_); }
  std::string url(std::string_view path = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }

 private:
  void serve(std::stop_token stop) {
    std::vector<std::jthread> talks;
    while (!stop.stop_requested()) {
      pollfd ready{listener_, POLLIN, 0};
      if (::poll(&ready, 1, 10) <= 0) continue;
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) continue;
      const int yes = 1;  // scripts write in small pieces; none waits for the one before
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      talks.emplace_back([this, descriptor](std::stop_token talk_stop) {
        Wire wire(descriptor, talk_stop);
        script_(wire);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace nocturn::testing
