#pragma once

#include <optional>
#include <vector>

#include "identity/identity.h"
#include "identity/oidc.h"
#include "identity/people.h"
#include "identity/sign_in.h"

// Which account opens for whom a sign-in provider saw. Providers name a person by (issuer,
// subject), which never changes; an account is linked to that at its first sign-in by the provider,
// found by its login, and from then on by the link alone. Nobody is let in for whom an
// administrator made no account, and an account is linked to one subject of an issuer.
namespace nocturn::identity {

struct LinkState {
  std::optional<Account> linked;  // to (issuer, subject), not removed
  std::optional<Account> named;   // has the login that the provider tells, not removed
  bool named_is_taken = false;    // it is linked to another subject of this issuer
};
struct VouchedFor {
  AccountId account;
  std::vector<ledger::Event> events;  // the link, when it is new
};

// Pure. `not_found` when nobody here has that account, `forbidden` when it is not this one's.
Result<VouchedFor> decide(const LinkState& state, const OidcClaims& claims);

// The account for these claims; records the link when it is new.
Result<AccountId> account_of(Identity::Parts& parts, const OidcClaims& claims);

// Opens a session for whom the provider saw. A refusal leaves a mark in the ledger, at the account
// that was asked for, if there is one.
Result<SignedIn> sign_in_by_provider(Identity::Parts& parts, const OidcClaims& claims,
                                     const net::Request& request);

}  // namespace nocturn::identity
