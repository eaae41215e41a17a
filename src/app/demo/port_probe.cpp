#include "app/demo/port_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace nocturn::app::demo {

namespace {

using Connector = int (*)(int, const sockaddr*, socklen_t);

// What connect() or bind() of a new socket says of 127.0.0.1:`port`.
bool succeeds(Connector attempt, int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const int yes = 1;  // as servers do: a connection that ended a moment ago is not in the way
  (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool done =
      attempt(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return done;
}

}  // namespace

bool port_is_open(int port) { return succeeds(::connect, port); }
bool port_is_free(int port) { return succeeds(::bind, port); }

}  // namespace nocturn::app::demo
