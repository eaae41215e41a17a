#pragma once

#include <functional>
#include <vector>

#include "identity/oidc.h"
#include "net/endpoint.h"

// Sign-in by a provider as endpoints: the list of providers, the way there and the way back. What a
// browser is answered is a redirect, whatever happens: to where it wanted to go, or to the sign-in
// page with the short name of the problem and nothing that the request said.
namespace nocturn::identity {

// Opens a session for whom the provider saw, and answers its headers (Set-Cookie). `not_found`:
// nobody here has that account; `forbidden`: they have, and may not come in.
using OpenOidcSession =
    std::function<Result<std::vector<net::Header>>(const OidcClaims&, const net::Request&)>;

// Somebody came back from a provider and was not let in; not called for what is nobody's fault but
// the provider's, or for who goes to no provider at all. What open_session refuses it tells itself.
using NoteOidcRefusal = std::function<void(OidcProblem, const net::Request&)>;

// `sign_in` outlives the endpoints; null for a description only.
std::vector<net::Endpoint> oidc_endpoints(OidcSignIn* sign_in, OpenOidcSession open_session,
                                          NoteOidcRefusal note_refusal);

}  // namespace nocturn::identity
