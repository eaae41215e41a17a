#include <algorithm>
#include <span>

#include "net/address.h"

// Which addresses are somewhere in the public network (IANA IPv4 and IPv6 Special-Purpose Address
// Registries, RFC 6890).
namespace nocturn::net {
namespace {

struct Range {
  std::array<std::uint8_t, 16> prefix;
  int bits;
};

constexpr Range kNotPublic4[] = {
    {{0}, 8},              // this network
    {{10}, 8},             // private (RFC 1918), as the next two of that kind
    {{100, 64}, 10},       // shared (RFC 6598)
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local: also where clouds keep their secrets
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation, as the next two of that kind
    {{192, 88, 99}, 24},   // 6to4 relays, retired
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved, broadcast
};

// Of IPv6 only 2000::/3 is global unicast; these lie in it and are not.
constexpr Range kNotPublic6[] = {
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
};
constexpr Range kGlobal6 = {{0x20}, 3};
constexpr Range kSixToFour = {{0x20, 0x02}, 16};                             // 2002:v4::
constexpr Range kMapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};  // ::ffff:v4
constexpr Range kNat64 = {{0, 0x64, 0xff, 0x9b}, 96};                        // 64:ff9b::v4

bool lies_in(const std::array<std::uint8_t, 16>& ip, const Range& range) {
  for (int bit = 0; bit < range.bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((ip[at] & mask) != (range.prefix[at] & mask)) return false;
  }
  return true;
}

bool is_public_v4(std::span<const std::uint8_t> four) {
  std::array<std::uint8_t, 16> ip{};
  std::ranges::copy(four, ip.begin());
  return std::ranges::none_of(kNotPublic4, [&](const Range& range) { return lies_in(ip, range); });
}

}  // namespace

bool is_public(const Address& address) {
  const std::span<const std::uint8_t> ip(address.ip);
  if (!address.v6) return is_public_v4(ip.first(4));
  if (lies_in(address.ip, kMapped) || lies_in(address.ip, kNat64)) return is_public_v4(ip.last(4));
  if (lies_in(address.ip, kSixToFour)) return is_public_v4(ip.subspan(2, 4));
  return lies_in(address.ip, kGlobal6) &&
         std::ranges::none_of(kNotPublic6,
                              [&](const Range& range) { return lies_in(address.ip, range); });
}

}  // namespace nocturn::net
