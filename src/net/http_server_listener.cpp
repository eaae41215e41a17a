#include "net/http_server_listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/log.h"

namespace nocturn::net {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr int kQueueLength = 4096;
constexpr Micros kPause = std::chrono::milliseconds(100);

std::unexpected<Error> system_failure(std::string_view what, const std::string& subject) {
  const ErrorCode code = errno == EADDRINUSE
                             ? ErrorCode::conflict
                             : (errno == EACCES ? ErrorCode::forbidden : ErrorCode::unavailable);
  Error error{code, fmt::format("{}: {}", what, std::strerror(errno)), subject};
  return std::unexpected(std::move(error));
}

struct HostPort {
  std::string host, port;
};

Result<HostPort> split_address(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon + 1 == address.size())
    return about(address, Result<HostPort>(fail(ErrorCode::invalid, "expected HOST:PORT")));
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return HostPort{host, address.substr(colon + 1)};
}

std::string bound_address(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  CHECK(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) == 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bound.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(bound);
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(address.sin6_port));
  }
  const auto& address = reinterpret_cast<const sockaddr_in&>(bound);
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(address.sin_port));
}

Status bind_and_listen(int descriptor, const addrinfo& where, const std::string& address) {
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(descriptor, where.ai_addr, where.ai_addrlen) != 0)
    return system_failure("cannot listen", address);
  if (::listen(descriptor, kQueueLength) != 0) return system_failure("cannot listen", address);
  return {};
}

// Removes a socket file that a process left behind which is gone; refuses to touch anything else.
Status clear_stale(const sockaddr_un& address, const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return system_failure("cannot look at the socket", path);
  }
  if (!S_ISSOCK(found.st_mode))
    return about(path, Status(fail(ErrorCode::conflict, "a file that is no socket is in the way")));
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return system_failure("cannot make a socket", path);
  const bool answered =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool refused = !answered && errno == ECONNREFUSED;
  ::close(probe);
  if (!refused)
    return about(path, Status(fail(ErrorCode::conflict, "another process listens here")));
  if (::unlink(path.c_str()) != 0) return system_failure("cannot remove the old socket", path);
  return {};
}

}  // namespace

std::string peer_address(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "gone";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.ss_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.ss_family == AF_INET6)
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr) return "unix";
  return ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) != nullptr ? text.data()
                                                                                    : "unknown";
}

Listener::Listener(int descriptor, std::string address)
    : descriptor_(descriptor),
      reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      address_(std::move(address)) {}

Result<std::unique_ptr<Listener>> Listener::open_tcp(const std::string& address) {
  const HostPort parts = TRY(split_address(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const int found = ::getaddrinfo(parts.host.empty() ? nullptr : parts.host.c_str(),
                                  parts.port.c_str(), &hints, &list);
  if (found != 0)
    return about(address, Result<std::unique_ptr<Listener>>(
                              fail(ErrorCode::invalid, "{}", ::gai_strerror(found))));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  const int descriptor = ::socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_failure("cannot make a socket", address);
  std::unique_ptr<Listener> listener(new Listener(descriptor, address));
  TRY_STATUS(bind_and_listen(descriptor, *list, address));
  listener->address_ = bound_address(descriptor);
  return listener;
}

Result<std::unique_ptr<Listener>> Listener::open_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return about(path, Result<std::unique_ptr<Listener>>(
                           fail(ErrorCode::invalid, "the path of a socket has 1 to {} characters",
                                sizeof address.sun_path - 1)));
  path.copy(address.sun_path, path.size());
  TRY_STATUS(clear_stale(address, path));
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_failure("cannot make a socket", path);
  std::unique_ptr<Listener> listener(new Listener(descriptor, path));
  // On Linux the file takes its mode from the descriptor: it is never open to others.
  ::fchmod(descriptor, S_IRUSR | S_IWUSR);
  struct stat made{};
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::lstat(path.c_str(), &made) != 0 ||
      ::listen(descriptor, kQueueLength) != 0)
    return system_failure("cannot listen", path);
  listener->socket_file_ = path;
  listener->socket_inode_ = made.st_ino;
  return listener;
}

Listener::~Listener() {
  struct stat found{};
  // Not somebody else's who took the place meanwhile.
  if (!socket_file_.empty() && ::lstat(socket_file_.c_str(), &found) == 0 &&
      found.st_ino == socket_inode_)
    ::unlink(socket_file_.c_str());
  if (reserve_ >= 0) ::close(reserve_);
  ::close(descriptor_);
}

void Listener::start(Loop& loop, OnAccept on_accept) {
  loop_ = &loop;
  on_accept_ = std::move(on_accept);
  loop.watch(descriptor_, Interest::read, [this](bool, bool) { accept_some(); });
}

void Listener::stop() {
  if (loop_ == nullptr) return;
  loop_->cancel(pause_timer_);
  loop_->forget(descriptor_);
  loop_ = nullptr;
}

void Listener::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int accepted = ::accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      starving_ = false;
      const int yes = 1;
      if (socket_file_.empty()) ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      on_accept_(accepted);
      continue;
    }
    switch (errno) {
      case EAGAIN: return;
      case EMFILE:
      case ENFILE:
        if (!shed_one()) return pause();
        break;
      case ENOBUFS:
      case ENOMEM: return pause();
      default: break;  // this client is gone already (accept(2)); the next may not be
    }
  }
}

// Gives up the reserve to accept one client and close it. False if that did not help.
bool Listener::shed_one() {
  if (reserve_ < 0) return false;
  ::close(reserve_);
  const int accepted = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) ::close(accepted);
  reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return accepted >= 0;
}

void Listener::pause() {
  if (!std::exchange(starving_, true))
    log::warning("net", "no descriptors or memory left to accept connections",
                 {{"address", address_}});
  loop_->change(descriptor_, Interest::none);
  pause_timer_ = loop_->after(kPause, [this] {
    if (reserve_ < 0) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    loop_->change(descriptor_, Interest::read);
  });
}

}  // namespace nocturn::net
