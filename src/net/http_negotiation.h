#pragma once

#include <cstdint>
#include <string_view>

// Which form of a page a client wants, and whether it has it already (RFC 9110 sections 12.5.3
// and 13.1). Pure, and lenient: a field that makes no sense asks for nothing special.
namespace nocturn::net {

enum class Encoding : std::uint8_t { identity, gzip, brotli };

// The available encoding the client values most; of equals the smallest. `accept_encoding` is the
// field's value, empty if there was none. Identity when nothing suits: a page beats no page.
Encoding choose_encoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli);

enum class EtagComparison : std::uint8_t { weak, strong };

// Whether `etag` is on the list of entity tags in an If-None-Match (weak) or If-Match (strong)
// field; "*" matches every tag.
bool matches_etag(std::string_view list, std::string_view etag, EtagComparison comparison);

}  // namespace nocturn::net
