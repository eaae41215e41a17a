#include "identity/oidc/provider.h"

namespace nocturn::identity {
namespace {

constexpr Micros kFresh = std::chrono::hours(1);
constexpr Micros kKeysAtMostEvery = std::chrono::seconds(30);
constexpr Micros kFailureStands = std::chrono::seconds(5);
constexpr std::size_t kLargestDocument = 256 * 1024;
// Providers come and go with the configuration; so many at once is a mistake there.
constexpr std::size_t kMostKept = 100;

}  // namespace

Result<std::string> fetch_json(const Fetch& fetch, const OidcProvider& provider,
                               const std::string& url, const Deadline& deadline) {
  auto answer = TRY(fetch({.url = url,
                           .headers = {{"accept", "application/json"}},
                           .deadline = deadline.left(),
                           .largest = kLargestDocument,
                           .ca_file = provider.ca_file}));
  if (answer.status != 200)
    return fail(ErrorCode::unavailable, "{} answers with status {}", url, answer.status);
  return std::move(answer.body);
}

template <class Value>
std::optional<Result<std::shared_ptr<const Value>>> OidcPublications::kept(Shelf<Value>& shelf,
                                                                           const std::string& url,
                                                                           Micros fresh) {
  const std::lock_guard lock(mutex_);
  const auto found = shelf.find(url);
  if (found == shelf.end()) return std::nullopt;
  const Micros age = clock_.steady() - found->second.at;
  if (found->second.failure && age < kFailureStands) return std::unexpected(*found->second.failure);
  if (!found->second.failure && age < fresh) return found->second.value;
  return std::nullopt;
}

template <class Value>
Result<std::shared_ptr<const Value>> OidcPublications::keep(Shelf<Value>& shelf,
                                                            const std::string& url,
                                                            Result<Value> value) {
  const std::lock_guard lock(mutex_);
  if (shelf.size() >= kMostKept) shelf.clear();
  Kept<Value>& place = shelf[url];
  place = {.value = nullptr, .failure = std::nullopt, .at = clock_.steady()};
  if (!value) {
    place.failure = value.error();
    return std::unexpected(std::move(value.error()));
  }
  place.value = std::make_shared<const Value>(*std::move(value));
  return place.value;
}

Result<OidcMetadataPtr> OidcPublications::metadata(const OidcProvider& provider,
                                                   const Deadline& deadline) {
  const std::string url = TRY(discovery_url(provider.issuer));
  if (auto known = kept(metadata_, url, kFresh)) return *std::move(known);
  const auto fetched = [&]() -> Result<OidcMetadata> {
    return about(
        url, parse_discovery(TRY(fetch_json(fetch_, provider, url, deadline)), provider.issuer));
  };
  return keep(metadata_, url, fetched());
}

Result<OidcKeysPtr> OidcPublications::keys_not_older(const OidcProvider& provider,
                                                     const std::string& jwks_uri,
                                                     const Deadline& deadline, Micros fresh) {
  if (auto known = kept(keys_, jwks_uri, fresh)) return *std::move(known);
  const auto fetched = [&]() -> Result<std::vector<crypto::VerifyingKey>> {
    return about(jwks_uri,
                 crypto::parse_jwk_set(TRY(fetch_json(fetch_, provider, jwks_uri, deadline))));
  };
  return keep(keys_, jwks_uri, fetched());
}

Result<OidcKeysPtr> OidcPublications::keys(const OidcProvider& provider,
                                           const std::string& jwks_uri, const Deadline& deadline) {
  return keys_not_older(provider, jwks_uri, deadline, kFresh);
}

Result<OidcKeysPtr> OidcPublications::newer_keys(const OidcProvider& provider,
                                                 const std::string& jwks_uri,
                                                 const Deadline& deadline) {
  return keys_not_older(provider, jwks_uri, deadline, kKeysAtMostEvery);
}

}  // namespace nocturn::identity
