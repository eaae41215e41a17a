#include "net/client_address.h"

#include <algorithm>

#include "base/text.h"
#include "net/address.h"

namespace nocturn::net {
namespace {

std::string_view last_element(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

// An IPv4 client of a socket that listens to both (RFC 4291 section 2.5.5.2): "::ffff:192.0.2.1".
bool is_mapped(const Address& address) {
  const auto& bytes = address.ip;
  return address.v6 &&
         std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

}  // namespace

bool is_loopback(std::string_view ip) {
  const auto address = parse_ip(ip, 0);
  if (!address) return false;
  if (!address->v6) return address->ip[0] == 127;
  const auto& bytes = address->ip;
  if (is_mapped(*address)) return bytes[12] == 127;
  return std::all_of(bytes.begin(), bytes.begin() + 15, [](auto b) { return b == 0; }) &&
         bytes[15] == 1;
}

std::string_view said_last(const Request& request, std::string_view name) {
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header)
    if (header->name == name) return last_element(header->value);
  return {};
}

std::string client_address(const Request& request) {
  const std::string_view forwarded = said_last(request, "x-forwarded-for");
  if (forwarded.empty() || !is_loopback(request.peer)) return request.peer;
  const auto address = parse_ip(forwarded, 0);
  return address ? address->ip_text() : std::string("unknown");
}

std::string address_block(std::string_view ip) {
  auto address = parse_ip(ip, 0);
  if (!address) return std::string(ip);
  if (!address->v6) return address->ip_text();
  if (is_mapped(*address))
    return fmt::format("{}.{}.{}.{}", address->ip[12], address->ip[13], address->ip[14],
                       address->ip[15]);
  std::fill(address->ip.begin() + 8, address->ip.end(), 0);
  return address->ip_text() + "/64";
}

}  // namespace nocturn::net
