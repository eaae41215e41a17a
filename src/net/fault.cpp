#include "net/fault.h"

#include <cerrno>
#include <cstring>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nocturn::net {
namespace {

bool is_local_shortage(int error_number) {
  switch (error_number) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EAGAIN:
    case EACCES:
    case EPERM:
    case EAFNOSUPPORT:
    case ENETDOWN: return true;
    default: return false;
  }
}

std::string_view words_of(int error_number) {
  switch (error_number) {
    case ECONNREFUSED: return "connection refused";
    case ECONNRESET: return "connection reset by the peer";
    case EPIPE: return "the peer closed the connection while we were sending";
    case ETIMEDOUT: return "connection timed out";
    case EHOSTUNREACH: return "host unreachable";
    case ENETUNREACH: return "network unreachable";
    case EMFILE:
    case ENFILE: return "out of descriptors";
    case EADDRNOTAVAIL: return "no free local port or address";
    case EACCES:
    case EPERM: return "forbidden by our own firewall";
    case EAFNOSUPPORT: return "this machine does not speak that address family";
    default: return {};
  }
}

// Whether `address` lies in the network of the interface (its address and mask).
bool is_on(const ifaddrs& interface, const sockaddr_storage& address) {
  if (interface.ifa_addr == nullptr || interface.ifa_netmask == nullptr ||
      interface.ifa_addr->sa_family != address.ss_family)
    return false;
  if (address.ss_family == AF_INET) {
    const auto part = [](const void* socket_address) {
      return static_cast<const sockaddr_in*>(socket_address)->sin_addr.s_addr;
    };
    return ((part(interface.ifa_addr) ^ part(&address)) & part(interface.ifa_netmask)) == 0;
  }
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(interface.ifa_addr)->sin6_addr,
                     &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr,
                     sizeof(in6_addr)) == 0;
}

// Whether the interface that packets of this connected socket leave by is up. The kernel keeps
// local routes of an interface that was taken down and drops the packets without a word.
bool link_is_up(int connected) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  ifaddrs* all = nullptr;
  if (getsockname(connected, reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
      getifaddrs(&all) != 0)
    return true;
  bool up = true;
  for (const ifaddrs* interface = all; interface != nullptr; interface = interface->ifa_next) {
    constexpr unsigned kCarries = IFF_UP | IFF_RUNNING;
    if (is_on(*interface, own)) up = (interface->ifa_flags & kCarries) == kCarries;
  }
  freeifaddrs(all);
  return up;
}

}  // namespace

bool has_route(const Address& address) {
  const int probe = socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;  // short of descriptors says nothing about routes
  sockaddr_storage to;
  const unsigned size = to_sockaddr(address, to);
  const bool reached = connect(probe, reinterpret_cast<const sockaddr*>(&to), size) == 0;
  const int error_number = errno;
  const bool carried = !reached || link_is_up(probe);
  close(probe);
  if (reached) return carried;
  return error_number != ENETUNREACH && error_number != EHOSTUNREACH && error_number != ENETDOWN &&
         error_number != EADDRNOTAVAIL;
}

Fault fault_of(int error_number, bool at_once, const Address& to) {
  Fault fault;
  const auto words = words_of(error_number);
  fault.what = words.empty() ? std::string(std::strerror(error_number)) : std::string(words);
  const bool about_the_way = error_number == ENETUNREACH || error_number == EHOSTUNREACH;
  if (is_local_shortage(error_number)) {
    fault.blame = Blame::ours;
  } else if (about_the_way && (at_once || !has_route(to))) {
    fault.blame = Blame::ours;
    fault.what = fmt::format("no route from here to {}", to.ip_text());
  }
  return fault;
}

Fault silence_of(const Address& to, std::string what) {
  if (!has_route(to)) {
    return {Blame::ours, fmt::format("no route from here to {}", to.ip_text())};
  }
  return {Blame::theirs, std::move(what)};
}

}  // namespace nocturn::net
