#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

// Conditional requests (RFC 9110 section 13): the ETag of every answer to a GET, 304 for who has it
// already, and what a compressed copy is called. If-Match goes to the handlers, which alone know
// what they are about to change (net::Call::expected_version). Pure.
namespace nocturn::api {

// The quoted tag of a state: its version, or a hash of the body where there is none.
std::string entity_tag(std::string_view version, std::string_view body);
// Whether If-None-Match names this state, plain or compressed.
bool client_has(const net::Request& request, std::string_view tag);
// 304 in place of this answer: its tag and, where it has one, what it varies with (RFC 9110 section
// 15.4.5).
net::Response not_modified(const net::Response& response, std::string tag);

// Packs the body with gzip where the client takes it and it is large enough to matter; the ETag
// becomes that of the packed form.
void compress(const net::Request& request, net::Response& response);
inline constexpr std::size_t kWorthPacking = 1024;  // bytes

}  // namespace nocturn::api
