#include "net/address.h"

#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace nocturn::net {

std::string Address::ip_text() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6 ? AF_INET6 : AF_INET, ip.data(), text, sizeof text);
  return text;
}

std::string Address::text() const {
  return v6 ? fmt::format("[{}]:{}", ip_text(), port) : fmt::format("{}:{}", ip_text(), port);
}

std::optional<Address> parse_ip(std::string_view host, std::uint16_t port) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  Address address;
  address.port = port;
  if (const auto percent = host.find('%'); percent != std::string_view::npos) {
    address.scope = if_nametoindex(std::string(host.substr(percent + 1)).c_str());
    if (address.scope == 0) return std::nullopt;
    host = host.substr(0, percent);
  }
  if (host.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  char text[INET6_ADDRSTRLEN] = {};
  host.copy(text, host.size());
  if (inet_pton(AF_INET, text, address.ip.data()) == 1) return address;
  if (inet_pton(AF_INET6, text, address.ip.data()) == 1) {
    address.v6 = true;
    return address;
  }
  return std::nullopt;
}

std::string HostPort::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

namespace {

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) {
    return fail(ErrorCode::invalid, "port \"{}\" is not a number from 1 to 65535", text);
  }
  return port;
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  HostPort out;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) {
      return fail(ErrorCode::invalid, "\"{}\" opens a bracket and does not close it", text);
    }
    out.host = text.substr(1, bracket - 1);
    port = text.substr(bracket + 1);
    if (!port.empty() && port.front() != ':') {
      return fail(ErrorCode::invalid, "\"{}\" has more than a port after the bracket", text);
    }
  } else {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
      return fail(ErrorCode::invalid, "\"{}\": write an IPv6 address in brackets, [::1]:80", text);
    }
    out.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (out.host.empty()) return fail(ErrorCode::invalid, "\"{}\" names no host", text);
  if (!port.empty()) {
    out.port = TRY(parse_port(port.substr(1)));
  } else if (default_port != 0) {
    out.port = default_port;
  } else {
    return fail(ErrorCode::invalid, "\"{}\" names no port; write host:port", text);
  }
  return out;
}

unsigned to_sockaddr(const Address& address, sockaddr_storage& out) {
  if (address.v6) {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(address.port);
    six.sin6_scope_id = address.scope;
    std::memcpy(&six.sin6_addr, address.ip.data(), 16);
    std::memcpy(&out, &six, sizeof six);
    return sizeof six;
  }
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(address.port);
  std::memcpy(&four.sin_addr, address.ip.data(), 4);
  std::memcpy(&out, &four, sizeof four);
  return sizeof four;
}

std::optional<Address> from_sockaddr(const sockaddr_storage& in) {
  Address address;
  if (in.ss_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &in, sizeof four);
    address.port = ntohs(four.sin_port);
    std::memcpy(address.ip.data(), &four.sin_addr, 4);
    return address;
  }
  if (in.ss_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &in, sizeof six);
    address.v6 = true;
    address.port = ntohs(six.sin6_port);
    address.scope = six.sin6_scope_id;
    std::memcpy(address.ip.data(), &six.sin6_addr, 16);
    return address;
  }
  return std::nullopt;
}

}  // namespace nocturn::net
