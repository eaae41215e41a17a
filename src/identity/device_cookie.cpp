#include "identity/device_cookie.h"

#include "base/text.h"
#include "identity/request_facts.h"

namespace nocturn::identity {
namespace {

constexpr std::string_view kName = "nocturn-device";
constexpr long kLife = 180L * 24 * 60 * 60;  // seconds

std::string seal_of(const crypto::Hash& key, const AccountId& account, std::string_view device) {
  return to_hex(crypto::hmac_sha256(key, fmt::format("{} {}", account.text(), device)));
}

}  // namespace

std::string known_device(const crypto::Hash& key, const AccountId& account,
                         const net::Request& request) {
  const std::string_view value = cookie(request, cookie_name(kName, is_secure(request)));
  const std::size_t dot = value.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view device = value.substr(0, dot);
  const std::string seal = seal_of(key, account, device);
  return crypto::equal_in_constant_time(as_bytes(seal), as_bytes(value.substr(dot + 1)))
             ? std::string(device)
             : std::string();
}

net::Header device_cookie(const crypto::Hash& key, const AccountId& account,
                          const net::Request& request, Random& random) {
  std::string device = known_device(key, account, request);
  if (device.empty()) {
    std::array<std::uint8_t, 16> bytes;
    random.fill(bytes);
    device = to_hex(bytes);
  }
  return {"set-cookie",
          set_cookie(kName, is_secure(request),
                     fmt::format("{}.{}", device, seal_of(key, account, device)), kLife)};
}

}  // namespace nocturn::identity
