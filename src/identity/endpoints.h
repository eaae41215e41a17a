#pragma once

#include <vector>

#include "identity/identity.h"
#include "net/endpoint.h"

// The HTTP API of this folder: session, people, accounts, own account, device sign-in.
namespace nocturn::identity {

class OidcSignIn;

// What the handlers act on; without it there is a description only.
struct Desk {
  Identity* identity = nullptr;
  OidcSignIn* oidc = nullptr;
};
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::identity
