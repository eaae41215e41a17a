#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

// Where a request comes from, as far as it can be believed: a proxy's word counts only when the
// proxy is on this machine. The one notion of a client's address that all limits share. Pure.
namespace nocturn::net {

bool is_loopback(std::string_view ip);
// The client's IP address: the last element of X-Forwarded-For when the peer is loopback.
std::string client_address(const Request& request);
// The last element of a header that proxies append to; some add a line of their own to what the
// client sent, and only the last one is the proxy's. Empty: no such header.
std::string_view said_last(const Request& request, std::string_view name);
// The address's place in counting: itself for IPv4 (also written as IPv6, by a socket that listens
// to both), its /64 for IPv6, since a host there has as many addresses as it likes.
std::string address_block(std::string_view ip);

}  // namespace nocturn::net
