#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

// Sign-ins that are under way at a provider. The browser keeps each one in a cookie that only this
// hub can write: a random seed, from which state, nonce and PKCE verifier are made with the hub's
// key, so that the cookie alone does not tell them. A sign-in ends once, in the browser that began
// it, within kSignInTime, or never. Thread-safe.
namespace nocturn::identity {

inline constexpr Micros kSignInTime = std::chrono::minutes(10);

class PendingSignIns {
 public:
  // Draws a key that lives as long as the object: sign-ins under way do not outlive the hub.
  PendingSignIns(const Clock& clock, Random& random);

  struct SignIn {
    std::string provider, return_to;
    std::string state, nonce;
    std::string code_verifier, code_challenge;  // RFC 7636, S256
  };
  struct Begun {
    SignIn sign_in;
    std::string cookie;  // letters that a cookie's value may hold
  };
  Begun begin(std::string_view provider, std::string_view return_to);

  // Takes the sign-in that the cookie holds. `forbidden` when the cookie is not ours, too old, of
  // another provider or state, or was taken before.
  Result<SignIn> take(std::string_view cookie, std::string_view provider, std::string_view state);

 private:
  using Seed = std::array<std::uint8_t, 32>;
  std::string derive(std::string_view purpose, const Seed& seed) const;
  SignIn sign_in(std::string provider, std::string return_to, const Seed& seed) const;
  Status mark_taken(const Seed& seed);

  const Clock& clock_;
  Random& random_;
  std::array<std::uint8_t, 32> key_;
  std::mutex mutex_;
  std::map<Seed, SteadyTime> taken_;
};

// PKCE's S256 (RFC 7636, section 4.2).
std::string code_challenge_of(std::string_view code_verifier);

}  // namespace nocturn::identity
