#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "net/http_server.h"

// What the server's tests speak to it with: a blocking socket that sends any bytes at all, and
// reads answers just well enough to compare them. Nothing here waits longer than ten seconds.
namespace nocturn::net::testing {

struct Answer {
  int status = 0;    // 0: the connection ended without one
  std::string head;  // up to and with the empty line
  std::string body;

  std::string header(std::string_view name) const {
    for (const std::string_view line : split(head, '\n')) {
      const auto colon = line.find(':');
      if (colon != std::string_view::npos &&
          lower_ascii(line.substr(0, colon)) == lower_ascii(name))
        return std::string(trim(line.substr(colon + 1)));
    }
    return {};
  }
};

class RawClient {
 public:
  // "127.0.0.1:port" or the path of a Unix socket.
  explicit RawClient(const std::string& address) {
    if (address.starts_with('/')) {
      sockaddr_un where{};
      where.sun_family = AF_UNIX;
      address.copy(where.sun_path, sizeof where.sun_path - 1);
      connect_to(AF_UNIX, reinterpret_cast<sockaddr*>(&where), sizeof where);
      return;
    }
    const auto colon = address.rfind(':');
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    CHECK(::inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr) == 1);
    connect_to(AF_INET, reinterpret_cast<sockaddr*>(&where), sizeof where);
  }
  ~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  RawClient(RawClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), held_(std::move(other.held_)) {}
  RawClient& operator=(RawClient&&) = delete;

  int descriptor() const { return descriptor_; }

  // False when the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void end_output() { ::shutdown(descriptor_, SHUT_WR); }

  // Reads until `text` is among the bytes, and takes everything up to its end; what came so far
  // if it never does.
  std::string read_until(std::string_view text) {
    std::size_t found;
    while ((found = held_.find(text)) == std::string::npos)
      if (!receive()) return std::exchange(held_, {});
    std::string taken = held_.substr(0, found + text.size());
    held_.erase(0, taken.size());
    return taken;
  }

  Answer read_answer(bool head_only = false) {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
    const std::string length = answer.header("content-length");
    if (head_only || length.empty()) return answer;
    while (held_.size() < std::stoul(length) && receive()) {
    }
    answer.body = held_.substr(0, std::stoul(length));
    held_.erase(0, answer.body.size());
    return answer;
  }

  Answer ask(std::string_view request) {
    send(request);
    return read_answer(request.starts_with("HEAD "));
  }

  // True when the other side closed (or reset) and nothing was left to read.
  bool at_end() { return held_.empty() && !receive(); }

 private:
  void connect_to(int family, const sockaddr* where, socklen_t size) {
    descriptor_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(descriptor_ >= 0);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    CHECK(::connect(descriptor_, where, size) == 0);
  }

  bool receive() {
    char buffer[16 * 1024];
    const ssize_t count = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (count > 0) held_.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
  }

  int descriptor_ = -1;
  std::string held_;
};

inline std::string get(std::string_view target, std::string_view more_headers = {}) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", target, more_headers);
}

// A server with three pages and a handler that tells what it was asked.
struct TestServer {
  explicit TestServer(ServerOptions options = {}, Handler handler = echo) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
    if (options.loops == 0) options.loops = 2;
    std::signal(SIGPIPE, SIG_IGN);
    board.publish(test_pages());
    auto started = HttpServer::start(std::move(options), clock, board, std::move(handler));
    if (!started) broken(started.error().text().c_str(), __FILE__, __LINE__);
    server = std::move(*started);
  }

  // Made once: the best compression takes its time.
  static std::shared_ptr<const PageSet> test_pages() {
    static const auto pages = [] {
      auto made = std::make_shared<PageSet>();
      made->pages["/"] = make_page({"text/html", home(), "no-cache", {{"X-Test", "yes"}}});
      made->pages["/tiny"] = make_page({"text/plain", "x", "no-cache", {}});
      return made;
    }();
    return pages;
  }

  static std::string home() {
    std::string body = "<!doctype html><title>home</title>";
    for (int row = 0; row < 4000; ++row) body += fmt::format("<p>row {}</p>\n", row * 7919);
    return body;
  }

  static Response echo(const Request& request) {
    std::string text = fmt::format("{} {}\n", request.method, request.path);
    for (const auto& [name, value] : request.query) text += fmt::format("?{}={}\n", name, value);
    text +=
        fmt::format("peer {} secure {} local {}\n", request.peer, request.secure, request.local);
    return {200, {{"Content-Type", "text/plain"}}, text + request.body};
  }

  RawClient connect() const { return RawClient(server->address()); }

  SystemClock clock;
  PageBoard board;
  std::unique_ptr<HttpServer> server;
};

}  // namespace nocturn::net::testing
