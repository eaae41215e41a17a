#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/jws.h"
#include "identity/oidc/discovery.h"
#include "net/http_fetch.h"

// Sign-in providers as they are configured, and what they publish, kept for an hour.
namespace nocturn::identity {

struct OidcProvider {
  std::string id;    // "staff"; part of the address that people come back to
  std::string name;  // for people: "Staff sign-in"
  std::string issuer;
  std::string client_id;
  // Reads the client's secret; not set: a public client, which has none.
  std::function<Result<std::string>()> client_secret;
  std::string login_claim = "preferred_username";
  // Only people with a verified e-mail address in one of these domains; empty: everybody.
  std::vector<std::string> domains;
  std::string ca_file;  // PEM; empty: the system's authorities
};

using Fetch = std::function<Result<net::FetchAnswer>(const net::FetchRequest&)>;

// The end of a sign-in step: all exchanges in it share one deadline.
class Deadline {
 public:
  Deadline(const Clock& clock, Micros time) : clock_(clock), end_(clock.steady() + time) {}
  Micros left() const { return end_ - clock_.steady(); }

 private:
  const Clock& clock_;
  SteadyTime end_;
};

// One exchange with a provider: its status must be 200 and its body JSON of a reasonable size.
Result<std::string> fetch_json(const Fetch& fetch, const OidcProvider& provider,
                               const std::string& url, const Deadline& deadline);

using OidcMetadataPtr = std::shared_ptr<const OidcMetadata>;
using OidcKeysPtr = std::shared_ptr<const std::vector<crypto::VerifyingKey>>;

// What providers publish. After a failure the same failure is answered for a few seconds, so that a
// provider that is down costs its visitors no time. Thread-safe; holds no lock while it fetches.
class OidcPublications {
 public:
  OidcPublications(const Clock& clock, Fetch fetch) : clock_(clock), fetch_(std::move(fetch)) {}

  Result<OidcMetadataPtr> metadata(const OidcProvider& provider, const Deadline& deadline);
  Result<OidcKeysPtr> keys(const OidcProvider& provider, const std::string& jwks_uri,
                           const Deadline& deadline);
  // After a key was not found: fetched again, but at most twice a minute; else what keys() says.
  Result<OidcKeysPtr> newer_keys(const OidcProvider& provider, const std::string& jwks_uri,
                                 const Deadline& deadline);

 private:
  template <class Value>
  struct Kept {
    std::shared_ptr<const Value> value;
    std::optional<Error> failure;
    SteadyTime at{};
  };
  template <class Value>
  using Shelf = std::map<std::string, Kept<Value>>;

  template <class Value>
  std::optional<Result<std::shared_ptr<const Value>>> kept(Shelf<Value>& shelf,
                                                           const std::string& url, Micros fresh);
  template <class Value>
  Result<std::shared_ptr<const Value>> keep(Shelf<Value>& shelf, const std::string& url,
                                            Result<Value> value);
  Result<OidcKeysPtr> keys_not_older(const OidcProvider& provider, const std::string& jwks_uri,
                                     const Deadline& deadline, Micros fresh);

  const Clock& clock_;
  Fetch fetch_;
  std::mutex mutex_;
  Shelf<OidcMetadata> metadata_;
  Shelf<std::vector<crypto::VerifyingKey>> keys_;
};

}  // namespace nocturn::identity
