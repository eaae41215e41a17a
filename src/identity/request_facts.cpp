#include "identity/request_facts.h"

#include <algorithm>

#include "base/text.h"
#include "net/address.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestAgent = 200;

std::string_view last_element(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

// Of what a proxy said. Some append a line of their own to what the client sent: only the last one
// is the proxy's.
std::string_view said_last(const net::Request& request, std::string_view name) {
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header)
    if (header->name == name) return last_element(header->value);
  return {};
}

// "https://example.org:8443/x" without scheme and path: "example.org:8443".
std::string authority_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  return lower_ascii(rest.substr(0, rest.find('/')));
}

}  // namespace

bool is_loopback(std::string_view ip) {
  const auto address = net::parse_ip(ip, 0);
  if (!address) return false;
  if (!address->v6) return address->ip[0] == 127;
  const auto& bytes = address->ip;
  const bool mapped =
      std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
      bytes[10] == 0xff && bytes[11] == 0xff;
  if (mapped) return bytes[12] == 127;
  return std::all_of(bytes.begin(), bytes.begin() + 15, [](auto b) { return b == 0; }) &&
         bytes[15] == 1;
}

std::string client_address(const net::Request& request) {
  const std::string_view forwarded = said_last(request, "x-forwarded-for");
  if (forwarded.empty() || !is_loopback(request.peer)) return request.peer;
  const auto address = net::parse_ip(forwarded, 0);
  return address ? address->ip_text() : std::string("unknown");
}

std::string address_block(std::string_view ip) {
  auto address = net::parse_ip(ip, 0);
  if (!address) return std::string(ip);
  if (!address->v6) return address->ip_text();
  std::fill(address->ip.begin() + 8, address->ip.end(), 0);
  return address->ip_text() + "/64";
}

bool is_secure(const net::Request& request) {
  return request.secure || (is_loopback(request.peer) &&
                            lower_ascii(said_last(request, "x-forwarded-proto")) == "https");
}

Status check_private(const net::Request& request) {
  if (request.local || is_secure(request) || is_loopback(client_address(request))) return {};
  return fail(ErrorCode::forbidden,
              "no credentials over plain HTTP; start the hub with --tls-certificate and --tls-key, "
              "or put a TLS proxy on its machine that sets X-Forwarded-Proto");
}

std::string_view cookie(const net::Request& request, std::string_view name) {
  for (const std::string_view pair : split(request.header("cookie"), ';')) {
    const std::string_view each = trim(pair);
    const std::size_t equals = each.find('=');
    if (equals != std::string_view::npos && each.substr(0, equals) == name)
      return each.substr(equals + 1);
  }
  return {};
}

std::string cookie_name(std::string_view base, bool secure) {
  return secure ? fmt::format("__Host-{}", base) : std::string(base);
}

std::string set_cookie(std::string_view base, bool secure, std::string_view value,
                       std::optional<long> seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax{}{}", cookie_name(base, secure), value,
                     secure ? "; Secure" : "",
                     seconds ? fmt::format("; Max-Age={}", *seconds) : "");
}

Status check_same_site(const net::Request& request, std::string_view public_url) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return fail(ErrorCode::forbidden, "another site made the browser send this");
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return {};
  const std::string from = authority_of(origin);
  if (!from.empty() &&
      (from == lower_ascii(request.header("host")) || from == authority_of(public_url)))
    return {};
  return fail(ErrorCode::forbidden,
              "this comes from a page of {}, not of this host; a proxy must pass the Host on",
              from.empty() ? "an unknown site" : from);
}

Status check_json(const net::Request& request) {
  const std::string_view type = request.header("content-type");
  if (lower_ascii(trim(type.substr(0, type.find(';')))) == "application/json") return {};
  return fail(ErrorCode::invalid, "send it with content-type: application/json");
}

std::string user_agent(const net::Request& request) {
  std::string agent(request.header("user-agent").substr(0, kLongestAgent));
  // Anything but plain ASCII is not worth the risk of half a character.
  std::erase_if(agent, [](char c) { return c < 0x20 || c > 0x7e; });
  return agent;
}

}  // namespace nocturn::identity
