#pragma once

#include <string>
#include <string_view>

#include "net/address.h"

// An http or https URL taken apart (RFC 3986). A Url that exists can be requested: it has a host
// and a port, and its target starts with a slash and holds no blank or control character.
namespace nocturn::net {

struct Url {
  bool secure = false;       // https
  HostPort host;             // the port is always set
  std::string target = "/";  // path and query, never a fragment

  // "https://search.example.org/x?q=1"; the scheme's own port is left out.
  std::string text() const;
  // For the Host header: without the scheme's own port.
  std::string authority() const;
  // Scheme, host and port: whom credentials are for.
  bool same_origin(const Url& other) const;
};

// Refuses other schemes, user names in the URL (they belong into options), control characters,
// blanks in the host, and texts beyond 8 KiB.
Result<Url> parse_url(std::string_view text);

// What `reference` (a Location header) means when found at `base` (RFC 3986, section 5.2).
Result<Url> resolve_url(const Url& base, std::string_view reference);

}  // namespace nocturn::net
