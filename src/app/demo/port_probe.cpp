#include "app/demo/port_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/demo/process.h"

namespace nocturn::app::demo {

bool port_is_open(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool open =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

namespace {

template <class Condition>
bool holds_within(Micros limit, Condition condition) {
  constexpr Micros kStep = std::chrono::milliseconds(20);
  for (Micros waited{0}; waited <= limit; waited += kStep) {
    if (condition()) return true;
    pause_for(kStep);
  }
  return false;
}

}  // namespace

Status wait_for_port(int port, Micros limit) {
  if (holds_within(limit, [&] { return port_is_open(port); })) return {};
  return fail(ErrorCode::timeout, "nothing answers on port {} within {}", port, to_text(limit));
}

Status wait_for_file(const std::filesystem::path& file, Micros limit) {
  std::error_code failed;
  if (holds_within(limit, [&] { return std::filesystem::exists(file, failed); })) return {};
  return fail(ErrorCode::timeout, "{} does not appear within {}", file.string(), to_text(limit));
}

}  // namespace nocturn::app::demo
