#include "monitoring/probes/judge.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "net/address.h"

namespace nocturn::monitoring {

std::string is_quoted(std::string_view value) {
  constexpr std::size_t kShown = 80;
  return fmt::format("is \"{}\"{}", value.substr(0, kShown), value.size() > kShown ? "…" : "");
}

bool is_host_name(std::string_view text) {
  if (net::parse_ip(text, 0)) return true;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::ranges::all_of(label, [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 c == '-' || c == '_';
        }))
      return false;
  }
  return true;
}

void judge_target(std::string_view target, std::uint16_t default_port, Objections& objections) {
  const auto place = net::parse_host_port(target, default_port);
  if (place && is_host_name(place->host)) return;
  objections.push_back({"target", is_quoted(target),
                        default_port == 0
                            ? "write host:port with a port up to 65535, like [::1]:80 for IPv6"
                            : fmt::format("write host or host:port ({} when left out), like "
                                          "[::1]:{} for IPv6",
                                          default_port, default_port)});
}

void judge_pattern(std::string_view option, std::string_view pattern, Objections& objections) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (compiled.ok()) return;
  objections.push_back({std::string(option),
                        fmt::format("has the pattern \"{}\"", pattern.substr(0, 80)),
                        fmt::format("mend the regular expression: {}", compiled.error())});
}

}  // namespace nocturn::monitoring
