#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// What a sign-in provider says about itself (OpenID Connect Discovery 1.0): where to send people,
// where to trade codes for tokens, where its keys are. Metadata that exists is of the issuer that
// was asked, and all its addresses may carry secrets.
namespace nocturn::identity {

struct OidcMetadata {
  std::string issuer;
  std::string authorization_endpoint, token_endpoint, jwks_uri;
  std::string userinfo_endpoint;  // may be empty
  bool takes_basic = true;        // client_secret_basic at the token endpoint
  bool takes_post = false;        // client_secret_post
  bool tells_issuer = false;      // every callback names the issuer (RFC 9207)
};

// Where the issuer's metadata is (section 4). `invalid` when the issuer is no https URL (http on
// loopback) or has a query or fragment.
Result<std::string> discovery_url(std::string_view issuer);

// Pure. `invalid` when the document is not this issuer's or lacks an address; `unsupported` when
// it offers no code flow, PKCE but not with S256, or no signature that we check.
Result<OidcMetadata> parse_discovery(std::string_view json, std::string_view issuer);

}  // namespace nocturn::identity
