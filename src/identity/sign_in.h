#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/sessions.h"
#include "identity/visitor.h"
#include "net/http.h"

// The doors: password with second factor, one-time link, identity provider. Each ends in a new
// session with a new secret; whether a login exists, is disabled or has no password can be told
// neither from the answer nor from the time it takes.
namespace nocturn::identity {

struct SignedIn {
  Visitor visitor;
  std::vector<net::Header> cookies;
};

struct Credentials {
  std::string login, password;
  std::string code;  // one-time or recovery code; empty: not given
};
// `unauthenticated`, `code_required`, `limited` with the time to wait, `forbidden` for a request
// that another site or a clear wire sent, `invalid` for one that is not JSON, or what the ledger
// says when it cannot record the session.
Result<SignedIn> sign_in(Identity::Parts& parts, const Credentials& credentials,
                         const net::Request& request);

// What a one-time link is for; `not_found` when it is over.
struct InvitationFacts {
  Invitation invitation;
  std::string login, name;  // empty for the first administrator
};
Result<InvitationFacts> invitation_facts(Identity::Parts& parts, const std::string& token);

struct Acceptance {
  std::string password, code;
  std::string login, name;  // for the first administrator
};
Result<SignedIn> accept_invitation(Identity::Parts& parts, const std::string& token,
                                   const Acceptance& acceptance, const net::Request& request);

// For a door of another kind that vouches for the account's owner, as an identity provider does.
// The account's password and second factor are not asked for.
Result<SignedIn> sign_in_vouched(Identity::Parts& parts, const AccountId& account,
                                 const net::Request& request);

// Whether this is the account's password, counted and slowed down as a sign-in is; for what an
// owner who is signed in must prove again.
Status prove_password(Identity::Parts& parts, const Account& account, const std::string& password,
                      const net::Request& request);

// The cookie that a sign-out sends.
net::Header forget_session_cookie(const net::Request& request);

}  // namespace nocturn::identity
