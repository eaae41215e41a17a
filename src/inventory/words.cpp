#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "inventory/values.h"

// The forms of words that a configuration is made of: ids, hosts, URLs, sizes.
namespace nocturn::inventory {
namespace {

constexpr std::size_t kMaxId = 63;

bool small_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_ipv6(std::string_view text) {
  return text.size() >= 2 && text.size() <= 45 && text.contains(':') &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

}  // namespace

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > kMaxId || text[0] == '-') return false;
  return std::ranges::all_of(text, [](char c) { return small_letter_or_digit(c) || c == '-'; });
}

std::string as_id(std::string_view text) {
  std::string id;
  for (const char c : lower_ascii(text.substr(0, 2 * kMaxId))) {
    if (small_letter_or_digit(c)) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  id.resize(std::min(id.size(), kMaxId));
  while (id.ends_with('-')) id.pop_back();
  return id;
}

bool is_host(std::string_view text) {
  if (is_ipv6(text)) return true;
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    const bool good = std::ranges::all_of(lower_ascii(label), [](char c) {
      return small_letter_or_digit(c) || c == '-' || c == '_';
    });
    if (!good) return false;
  }
  return true;
}

Status check_url(std::string_view text) {
  const auto wrong = [](std::string_view mend) { return fail(ErrorCode::invalid, "{}", mend); };
  const std::size_t colon = text.find("://");
  const std::string scheme = colon > 10 ? std::string() : lower_ascii(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return wrong("write a URL that starts with https://");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>' ||
        c == '\\') {
      return wrong("write spaces, quotes and angle brackets of a URL as %20, %22, %3C and %3E");
    }
  }
  std::string_view authority = text.substr(colon + 3);
  authority = authority.substr(0, std::min(authority.find_first_of("/?#"), authority.size()));
  if (authority.contains('@')) return wrong("take user and password out of the URL");
  std::string_view host = authority, port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || !is_ipv6(host.substr(1, end - 1)))
      return wrong("write an IPv6 address as [::1]");
    port = host.substr(end + 1);
    if (!port.empty() && port[0] != ':') return wrong("write the port after a colon");
  } else {
    const std::size_t at = host.find(':');
    port = at == std::string_view::npos ? std::string_view() : host.substr(at);
    if (!is_host(host.substr(0, at))) return wrong("write the host name after https://");
  }
  if (port.empty()) return {};
  port.remove_prefix(1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65'535)
    return wrong("write a port from 1 to 65535");
  return {};
}

Result<std::int64_t> parse_size(std::string_view text) {
  struct Unit {
    std::string_view name;
    int shift;
  };
  static constexpr Unit kUnits[] = {{"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    // Canonical JSON carries whole numbers up to 2^53 - 1.
    if (unit.name == name && error == std::errc{} && number >= 0 &&
        number < (std::int64_t{1} << (53 - unit.shift))) {
      return number << unit.shift;
    }
  }
  return fail(ErrorCode::invalid, "\"{}\" is not a size like 10MiB", text);
}

}  // namespace nocturn::inventory
