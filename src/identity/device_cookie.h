#pragma once

#include <string>

#include "base/random.h"
#include "crypto/sha256.h"
#include "identity/model.h"
#include "net/http.h"

// Devices that signed in once (OWASP, "device cookies"): a long-lived cookie vouches, by a MAC,
// that this browser belongs to an account, so that a stranger's guesses do not slow it down. It
// opens nothing by itself.
namespace nocturn::identity {

// The device's own name when the request shows a cookie made for this account; else empty.
std::string known_device(const crypto::Hash& key, const AccountId& account,
                         const net::Request& request);
// Set-Cookie for half a year: the device that is known already, or a new one.
net::Header device_cookie(const crypto::Hash& key, const AccountId& account,
                          const net::Request& request, Random& random);

}  // namespace nocturn::identity
