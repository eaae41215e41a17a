#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/client_address.h"

// What a request says about where it comes from, as far as it can be believed
// (net/client_address.h). Pure.
namespace nocturn::identity {

using net::address_block;
using net::client_address;
using net::is_loopback;

// Over TLS, here or at the proxy (X-Forwarded-Proto of a loopback peer).
bool is_secure(const net::Request& request);
// `forbidden` with the mend when credentials would travel in the clear: neither TLS nor this very
// machine.
Status check_private(const net::Request& request);

// A cookie's value, or empty.
std::string_view cookie(const net::Request& request, std::string_view name);
// `__Host-` names (draft-ietf-httpbis-rfc6265bis section 4.1.3.2) need Secure.
std::string cookie_name(std::string_view base, bool secure);
// Set-Cookie's value; `seconds` 0 deletes it, nothing keeps it until the browser closes.
std::string set_cookie(std::string_view base, bool secure, std::string_view value,
                       std::optional<long> seconds);

// `forbidden` when a browser says that another site made it send this: Sec-Fetch-Site, or an Origin
// that is neither this Host nor `public_url`.
Status check_same_site(const net::Request& request, std::string_view public_url);
// `invalid` unless the body is JSON, which a page of another site cannot send without asking.
Status check_json(const net::Request& request);

// What the browser calls itself, cut and cleaned for keeping.
std::string user_agent(const net::Request& request);

}  // namespace nocturn::identity
