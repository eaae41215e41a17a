#include "net/smtp_relay.h"

#include <algorithm>
#include <string_view>

#include "net/address.h"

namespace nocturn::net {
namespace {

bool is_printable_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

bool is_this_machine(const std::string& host) {
  if (host == "localhost") return true;
  const auto address = parse_ip(host, 0);
  if (!address) return false;
  return address->v6 ? address->ip_text() == "::1" : address->ip[0] == 127;
}

Status check_relay(const SmtpRelay& relay) {
  if (relay.host.empty() || !is_printable_word(relay.host))
    return about("host", Status(fail(ErrorCode::invalid, "no name and no address")));
  if (relay.port == 0) return about("port", Status(fail(ErrorCode::invalid, "0 is no port")));
  if (relay.hello.empty() || relay.hello.size() > 255 || !is_printable_word(relay.hello))
    return about("hello", Status(fail(ErrorCode::invalid, "no host name and no address literal")));
  if (has_control(relay.user) || has_control(relay.password))
    return about("user",
                 Status(fail(ErrorCode::invalid, "a control character in name or password")));
  if (!relay.user.empty() && relay.security == SmtpSecurity::never && !is_this_machine(relay.host))
    return about("user", Status(fail(ErrorCode::invalid,
                                     "a password does not travel in the clear; use TLS")));
  if (relay.connections < 1 || relay.connections > 64)
    return about("connections", Status(fail(ErrorCode::invalid, "from 1 to 64")));
  if (relay.mails_per_connection < 1)
    return about("mails_per_connection", Status(fail(ErrorCode::invalid, "at least 1")));
  if (relay.first_pause <= Micros(0) || relay.longest_pause < relay.first_pause)
    return about("first_pause", Status(fail(ErrorCode::invalid, "above 0, and not the longest")));
  return {};
}

}  // namespace nocturn::net
