#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "crypto/jws.h"

// Whom a sign-in provider says it saw: the claims of an ID token (OpenID Connect Core 1.0, section
// 3.1.3.7) and of its userinfo endpoint (section 5.3). Pure. What comes out is UTF-8 without
// control characters, of bounded length.
namespace nocturn::identity {

struct OidcPerson {
  std::string subject;             // the provider's own name for the person; never empty
  std::string login, name, email;  // may be empty: not every provider tells all in one place
  bool email_verified = false;
};

// What an ID token must say.
struct IdTokenExpectation {
  std::string_view issuer, client_id, nonce;
  std::string_view login_claim = "preferred_username";
  WallTime now;
};

// Clocks of provider and hub may differ by so much, and an ID token is at most twice that old.
inline constexpr Micros kClockSkew = std::chrono::minutes(5);

// `forbidden` when the token is for somebody else, of another sign-in, too old or not yet valid;
// `invalid` when it is no ID token.
Result<OidcPerson> check_id_token(const crypto::SignedMessage& token,
                                  const IdTokenExpectation& expected);

// What the userinfo endpoint answered. The caller compares the subject with the ID token's.
Result<OidcPerson> parse_user_info(std::string_view json, std::string_view login_claim);

}  // namespace nocturn::identity
