#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <csignal>

#include <gtest/gtest.h>

#include "monitoring/probe.h"
#include "net/resolver.h"
#include "net/tls_client.h"

// What tests of probes share: a stand that runs one probe to its end on a loop of its own and
// holds it to its contract, and peers in this process that answer as badly as a test wants.
namespace nocturn::monitoring::test {

using namespace std::chrono_literals;
using inventory::Options;
using inventory::OptionValue;

inline OptionValue text(std::string_view value) { return {std::string(value)}; }
inline OptionValue number(std::int64_t value) { return {value}; }
inline OptionValue real(double value) { return {value}; }
inline OptionValue flag(bool value) { return {value}; }
inline OptionValue list(std::vector<std::string> values) { return {std::move(values)}; }
inline OptionValue section(Options values) { return {std::move(values)}; }

class ProbeStand {
 public:
  explicit ProbeStand(net::Resolver::Options resolver_options = {})
      : resolver_(loop_, std::move(resolver_options)) {
    ::signal(SIGPIPE, SIG_IGN);  // as the program does
  }

  // Runs one probe and checks the contract: told once, not within start, in time.
  Observation run(std::string_view kind, Options options, Micros timeout = 15s) {
    const ProbeKind* found = find_probe_kind(kind);
    if (found == nullptr) {
      ADD_FAILURE() << "no kind " << kind;
      return {};
    }
    inventory::Check check;
    check.kind = kind;
    check.options = std::move(options);
    check.timeout = timeout;
    ProbeWorld world{loop_, resolver_, tls_, [](const std::string&) { return std::nullopt; }};
    std::optional<Observation> seen;
    int times = 0;
    std::unique_ptr<RunningProbe> probe;
    const auto began = clock_.steady();
    probe = found->start(check, world, [&](Observation observation) {
      ++times;
      seen = std::move(observation);
      probe.reset();  // as a scheduler may
      loop_.after(2ms, [this] { loop_.stop(); });
    });
    EXPECT_EQ(times, 0) << "told from within start";
    check = {};  // the probe must not need it any more
    const auto watchdog = loop_.after(timeout + 2s, [this] { loop_.stop(); });
    loop_.run();
    loop_.cancel(watchdog);
    EXPECT_EQ(times, 1);
    EXPECT_LT(clock_.steady() - began, timeout + 1500ms) << "the deadline did not hold";
    if (!seen) return {};
    EXPECT_EQ(seen->outcome == Outcome::passed && !seen->degraded, seen->reason.empty())
        << seen->reason;
    return *seen;
  }

  // Starts a probe and abandons it after `delay`; fails the test when it tells anything.
  void abandon(std::string_view kind, Options options, Micros delay) {
    inventory::Check check;
    check.options = std::move(options);
    ProbeWorld world{loop_, resolver_, tls_};
    auto probe = find_probe_kind(kind)->start(
        check, world, [](Observation) { ADD_FAILURE() << "told after it was abandoned"; });
    loop_.after(delay, [&] { probe.reset(); });
    loop_.after(delay + 50ms, [&] { loop_.stop(); });
    loop_.run();
  }

  net::Loop& loop() { return loop_; }
  net::Resolver& resolver() { return resolver_; }
  const Clock& clock() const { return clock_; }

 private:
  SystemClock clock_;
  net::Loop loop_{clock_};
  net::Resolver resolver_;
  net::TlsClient tls_;
};

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
    for (auto left = time; left > 0ms && !over(); left -= 10ms) {
      pollfd gone{descriptor_, POLLRDHUP, 0};
      if (::poll(&gone, 1, 10) > 0) return false;
    }
    return !over();
  }
  // Stays silent until the peer goes.
  void hang() { pause(60s); }
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

// A peer that reads a request head and answers with these bytes, then closes.
inline Peer::Script answers(std::string bytes) {
  return [bytes](Wire& wire) {
    wire.read_until("\r\n\r\n");
    wire.write(bytes);
  };
}
inline std::string http_answer(std::string_view body, std::string_view headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers,
                     body);
}

// Resident memory of this process in KiB.
inline long resident_kib() {
  long pages = 0, resident = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace nocturn::monitoring::test
