#include "app/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace nocturn::app {

Status tell_supervisor(const std::string& place, std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (place.size() < 2 || place.size() >= sizeof address.sun_path ||
      (place.front() != '/' && place.front() != '@'))
    return fail(ErrorCode::invalid, "NOTIFY_SOCKET is no name of a Unix socket: {}", place);
  std::ranges::copy(place, address.sun_path);
  if (place.front() == '@') address.sun_path[0] = '\0';  // unix(7): abstract

  const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (sender < 0) return fail(ErrorCode::unavailable, "no socket: {}", std::strerror(errno));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.size());
  const ssize_t sent = ::sendto(sender, state.data(), state.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), size);
  const int reason = errno;
  ::close(sender);
  if (sent < 0)
    return fail(ErrorCode::unavailable, "the supervisor at {} does not listen: {}", place,
                std::strerror(reason));
  return {};
}

}  // namespace nocturn::app
