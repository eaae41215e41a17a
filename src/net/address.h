#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr_storage;

// Where a connection goes: one IP address and a port. Names are the resolver's business; an
// Address never needs a look-up.
namespace nocturn::net {

enum class Family { any, v4, v6 };

struct Address {
  std::array<std::uint8_t, 16> ip{};  // network order; IPv4 uses the first four
  bool v6 = false;
  std::uint16_t port = 0;
  std::uint32_t scope = 0;  // interface of a link-local IPv6 address

  // "127.0.0.1:80", "[::1]:80".
  std::string text() const;
  // The same without the port: "127.0.0.1", "::1".
  std::string ip_text() const;
  bool operator==(const Address&) const = default;
};

// "127.0.0.1", "::1", "[::1]"; nothing when `host` is a name.
std::optional<Address> parse_ip(std::string_view host, std::uint16_t port);

// Whether it is somewhere in the public network: not this machine, not a private, shared, local or
// reserved range (IANA's special-purpose registries), also when written inside an IPv6 address.
bool is_public(const Address& address);

// A host and a port as people write them: "search.example.org:210", "[::1]:22". Without a port,
// `default_port` is taken; 0 means that the port must be given. IPv6 needs its brackets then.
struct HostPort {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  std::string text() const;
};
Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);

// For system calls: fills `out`, returns the length used.
unsigned to_sockaddr(const Address& address, sockaddr_storage& out);
// The reverse; nothing for other families than IPv4 and IPv6.
std::optional<Address> from_sockaddr(const sockaddr_storage& in);

}  // namespace nocturn::net
