#pragma once

#include <atomic>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/oidc/pending.h"
#include "identity/oidc/provider.h"
#include "identity/oidc/token.h"
#include "net/http.h"

// Sign-in at somebody else's door: OpenID Connect, authorization code with PKCE (OpenID Connect
// Core 1.0, RFC 7636, RFC 9207, RFC 9700). It only finds out who somebody is; which account that
// opens is not decided here. It believes nothing that did not come from the configured issuer over
// TLS, for this client, for this browser, for this very sign-in.
namespace nocturn::identity {

struct OidcSettings {
  // Where people reach the hub, without a slash at its end: providers send them back to it. Taken
  // from the configuration, never from a request.
  std::string hub_url;
  std::vector<OidcProvider> providers;
};
using OidcSettingsPtr = std::shared_ptr<const OidcSettings>;

// Who came, as the provider says. `subject` is unique and never changes at `issuer`; login and
// e-mail may be given to somebody else one day.
struct OidcClaims {
  std::string provider;  // its id in the configuration
  std::string issuer, subject;
  std::string login;  // empty when the provider does not tell
  std::string name, email;
  bool email_verified = false;
};

// Why somebody is not let in, for the sign-in page: a short word that tells an attacker nothing.
enum class OidcProblem {
  unknown_provider,
  provider_unavailable,  // it does not answer, or not in time
  provider_wrong,        // its answer cannot be believed, or it does not know us
  expired,               // too late, in another browser, or a second time
  refused,               // the person or the provider said no
  not_allowed,           // signed in there, but of another domain
  no_account,            // and nobody here has that account
  busy,                  // too many sign-ins at once
  not_recorded,          // the hub itself cannot write, most likely for want of room on its disk
};
std::string_view name_of(OidcProblem problem);
// Why nobody was let in whom a provider vouched for: a hub that cannot write is not their fault.
OidcProblem problem_behind(const Error& not_let_in);

struct OidcRefusal {
  OidcProblem problem;
  Error error;  // for the log
};

class OidcSignIn {
 public:
  using Settings = std::function<OidcSettingsPtr()>;
  OidcSignIn(Settings settings, Fetch fetch, const Clock& clock, Random& random);

  OidcSettingsPtr settings() const { return settings_(); }

  struct Started {
    std::string location;  // at the provider
    std::string cookie;    // for Set-Cookie
  };
  // Sends somebody to the provider. `return_to` is where they want to be afterwards, a path of the
  // console; anything else becomes the console's start. May block for some seconds.
  std::expected<Started, OidcRefusal> start(std::string_view provider, std::string_view return_to);

  struct Finished {
    OidcClaims claims;
    std::string return_to;  // a path below /console
  };
  // Takes whom the provider sent back. May block for some seconds.
  std::expected<Finished, OidcRefusal> finish(std::string_view provider,
                                              const net::Request& request);

  // For Set-Cookie: forgets the sign-in under way.
  std::string end_cookie() const;

 private:
  struct Exchange;
  std::string cookie(std::string_view value, Micros age) const;
  std::string_view cookie_name() const;
  Result<std::string> fetch_token(const Exchange& exchange, std::string_view code);
  Result<OidcPerson> identify(const Exchange& exchange, std::string_view tokens);
  Status complete(const Exchange& exchange, const std::string& access_token, OidcPerson& person);

  Settings settings_;
  Fetch fetch_;
  const Clock& clock_;
  OidcPublications publications_;
  PendingSignIns pending_;
  std::atomic<int> exchanges_{0};
};

// `text` if it is a path of the console and nothing else could be read in it; else its start.
std::string console_path(std::string_view text);

}  // namespace nocturn::identity
