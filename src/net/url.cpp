#include "net/url.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kLongestUrl = 8 * 1024;

std::uint16_t usual_port(bool secure) { return secure ? 443 : 80; }

// RFC 3986, section 5.2.4, for a path that starts with a slash.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;  // the last segment was "." or "..": the path ends in a slash
  for (const auto segment : split(path.substr(1), '/')) {
    folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(segment);
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  if (folder || out.empty()) out += '/';
  return out;
}

Result<std::string> checked_target(std::string_view target) {
  std::string out;
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      return fail(ErrorCode::invalid, "a control character in the URL");
    }
    // Browsers mend these; so do we, rather than break the request line.
    if (byte == ' ' || byte >= 0x80) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string Url::authority() const {
  if (host.port != usual_port(secure)) return host.text();
  return host.host.find(':') == std::string::npos ? host.host : "[" + host.host + "]";
}

std::string Url::text() const {
  return fmt::format("{}://{}{}", secure ? "https" : "http", authority(), target);
}

bool Url::same_origin(const Url& other) const {
  return secure == other.secure && host.port == other.host.port && host.host == other.host.host;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) return fail(ErrorCode::limited, "the URL is longer than 8 KiB");
  const auto colon = text.find("://");
  const std::string scheme = lower_ascii(text.substr(0, colon == text.npos ? 0 : colon));
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::invalid, "\"{}\" is not a URL with http:// or https://",
                text.substr(0, 80));
  }
  Url url;
  url.secure = scheme == "https";
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != authority.npos) {
    return fail(ErrorCode::invalid, "a user name in the URL; use the options for it");
  }
  if (authority.find_first_of(" \t\r\n") != authority.npos) {
    return fail(ErrorCode::invalid, "a blank in the URL's host");
  }
  url.host = TRY(parse_host_port(authority, usual_port(url.secure)));
  url.host.host = lower_ascii(url.host.host);
  const std::string_view target = rest.substr(path);
  if (target.empty()) return url;
  url.target = TRY(checked_target(target));
  if (url.target.front() == '?') url.target.insert(0, "/");
  return url;
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  reference = trim(reference);
  if (reference.empty()) return fail(ErrorCode::invalid, "an empty address");
  const auto colon = reference.find(':');
  if (colon != reference.npos && colon < reference.find_first_of("/?#")) {
    return parse_url(reference);
  }
  if (reference.starts_with("//")) {
    return parse_url(fmt::format("{}:{}", base.secure ? "https" : "http", reference));
  }
  if (reference.size() > kLongestUrl) return fail(ErrorCode::limited, "longer than 8 KiB");
  Url url = base;
  reference = reference.substr(0, reference.find('#'));
  const std::string_view old_path = std::string_view(base.target).substr(0, base.target.find('?'));
  std::string_view path = reference.substr(0, reference.find('?'));
  const std::string_view query = reference.substr(path.size());
  std::string merged(path);
  if (path.empty()) {
    merged = old_path;
  } else if (path.front() != '/') {
    merged = std::string(old_path.substr(0, old_path.rfind('/') + 1)) + merged;
  }
  url.target = TRY(checked_target(without_dots(merged) + std::string(query)));
  return url;
}

}  // namespace nocturn::net
