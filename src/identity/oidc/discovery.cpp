#include "identity/oidc/discovery.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <boost/json.hpp>

#include "base/json.h"
#include "crypto/jws.h"
#include "net/http_fetch.h"

namespace nocturn::identity {
namespace {

// A list of texts; nothing when the member is not there.
Result<std::optional<std::vector<std::string>>> texts_of(const JsonObject& object,
                                                         const char* name) {
  const Json* member = object.if_contains(name);
  if (member == nullptr) return std::nullopt;
  const JsonArray* list = member->if_array();
  if (list == nullptr) return fail(ErrorCode::invalid, "{} is no list", name);
  std::vector<std::string> texts;
  for (const Json& item : *list) {
    if (!item.is_string()) return fail(ErrorCode::invalid, "{} has an item that is no text", name);
    texts.emplace_back(item.get_string());
  }
  return texts;
}

bool holds(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

Result<std::string> address_of(const JsonObject& object, const char* name) {
  const Json* member = object.if_contains(name);
  if (member == nullptr || !member->is_string())
    return fail(ErrorCode::invalid, "it does not say its {}", name);
  std::string address(member->get_string());
  if (address.contains('#')) return fail(ErrorCode::invalid, "its {} has a fragment", name);
  TRY_STATUS(about(name, net::check_private(address)));
  return address;
}

// OpenID Connect Discovery, section 3: what the provider must offer for us to sign in there.
Status check_abilities(const JsonObject& object) {
  const auto kinds = TRY(texts_of(object, "response_types_supported"));
  if (!kinds || !holds(*kinds, "code"))
    return fail(ErrorCode::unsupported, "it does not offer the authorization code flow");
  // Providers that know PKCE but do not say so (RFC 8414 leaves it open) are sent it all the same.
  const auto methods = TRY(texts_of(object, "code_challenge_methods_supported"));
  if (methods && !holds(*methods, "S256"))
    return fail(ErrorCode::unsupported, "it does not offer PKCE with S256");
  const auto algorithms = TRY(texts_of(object, "id_token_signing_alg_values_supported"));
  const bool known = algorithms && std::ranges::any_of(*algorithms, [](const std::string& name) {
                       return crypto::find_signature_algorithm(name).has_value();
                     });
  if (!known)
    return fail(ErrorCode::unsupported, "it signs with none of RS256, PS256, ES256 and EdDSA");
  return {};
}

}  // namespace

Result<std::string> discovery_url(std::string_view issuer) {
  if (issuer.contains('?') || issuer.contains('#'))
    return fail(ErrorCode::invalid, "{}: an issuer has no query and no fragment", issuer);
  TRY_STATUS(net::check_private(issuer));
  while (issuer.ends_with('/')) issuer.remove_suffix(1);
  return fmt::format("{}/.well-known/openid-configuration", issuer);
}

Result<OidcMetadata> parse_discovery(std::string_view json, std::string_view issuer) {
  const Json parsed = TRY(parse_json(json));
  const JsonObject* object = parsed.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid, "it is no object");
  OidcMetadata metadata;
  const Json* named = object->if_contains("issuer");
  if (named != nullptr && named->is_string()) metadata.issuer = named->get_string();
  if (metadata.issuer != issuer)
    return fail(ErrorCode::invalid, "it says that its issuer is \"{}\", not \"{}\"",
                metadata.issuer.substr(0, 200), issuer);
  metadata.authorization_endpoint = TRY(address_of(*object, "authorization_endpoint"));
  metadata.token_endpoint = TRY(address_of(*object, "token_endpoint"));
  metadata.jwks_uri = TRY(address_of(*object, "jwks_uri"));
  if (object->contains("userinfo_endpoint"))
    metadata.userinfo_endpoint = TRY(address_of(*object, "userinfo_endpoint"));
  TRY_STATUS(check_abilities(*object));
  if (const auto methods = TRY(texts_of(*object, "token_endpoint_auth_methods_supported"))) {
    metadata.takes_basic = holds(*methods, "client_secret_basic");
    metadata.takes_post = holds(*methods, "client_secret_post");
  }
  const Json* tells = object->if_contains("authorization_response_iss_parameter_supported");
  metadata.tells_issuer = tells != nullptr && tells->is_bool() && tells->get_bool();
  return metadata;
}

}  // namespace nocturn::identity
