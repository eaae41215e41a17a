#include "support/port_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "base/result.h"

namespace nocturn::testing {
namespace {

constexpr int kLowest = 10000;
constexpr int kStep = PortRange::kSize + 1;
constexpr int kRanges = (32768 - kLowest) / kStep;

// A socket that holds the port, or -1. SO_REUSEADDR: what a server that ended a moment ago left
// behind does not count.
int hold(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(socket >= 0);
  const int yes = 1;
  (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(socket, 1) == 0)
    return socket;
  ::close(socket);
  return -1;
}

bool all_free(int first) {
  for (int port = first; port < first + PortRange::kSize; ++port) {
    const int socket = hold(port);
    if (socket < 0) return false;
    ::close(socket);
  }
  return true;
}

}  // namespace

PortRange::PortRange() {
  const int start = static_cast<int>(std::random_device{}() % kRanges);
  for (int tried = 0; tried < kRanges; ++tried) {
    first_ = kLowest + (start + tried) % kRanges * kStep;
    claim_ = hold(first_ + kSize);
    if (claim_ >= 0 && all_free(first_)) return;
    if (claim_ >= 0) ::close(claim_);
  }
  CHECK(!"no range of ports is free");
}

PortRange::~PortRange() { ::close(claim_); }

}  // namespace nocturn::testing
