#include "identity/request_facts.h"

#include "base/text.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestAgent = 200;

// "https://example.org:8443/x" without scheme and path: "example.org:8443".
std::string authority_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  return lower_ascii(rest.substr(0, rest.find('/')));
}

}  // namespace

bool is_secure(const net::Request& request) {
  return request.secure || (is_loopback(request.peer) &&
                            lower_ascii(net::said_last(request, "x-forwarded-proto")) == "https");
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
