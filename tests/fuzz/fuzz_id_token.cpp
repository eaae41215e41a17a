// What a sign-in provider sends: JWK sets, ID tokens, discovery documents, userinfo. One input is a
// JWK set and a JWS, apart at a line break; each also goes into the parsers by itself.
#include <cstddef>
#include <cstdint>

#include "base/base64url.h"
#include "crypto/jws.h"
#include "identity/oidc/discovery.h"
#include "identity/oidc/token.h"

using namespace nocturn;

namespace {

constexpr std::string_view kIssuer = "https://id.example.org";

void check_person(const Result<identity::OidcPerson>& person) {
  if (!person) return;
  CHECK(!person->subject.empty() && person->subject.size() <= 255);
  for (const std::string* text : {&person->subject, &person->login, &person->name, &person->email})
    CHECK(is_utf8(*text) && text->size() <= 320 && text->find('\n') == std::string::npos);
}

void check_payload(std::string payload) {
  const crypto::SignedMessage message{std::move(payload), "JWT", crypto::SignatureAlgorithm::rs256};
  check_person(identity::check_id_token(message, {.issuer = kIssuer,
                                                  .client_id = "nocturn",
                                                  .nonce = "n",
                                                  .login_claim = "preferred_username",
                                                  .now = WallTime(std::chrono::seconds(1000))}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text({data, size});
  const std::size_t line = input.find('\n');
  const std::string_view first = input.substr(0, line);
  const std::string_view second = line == input.npos ? input : input.substr(line + 1);
  // Known keys, so that mutations of the token reach the signature.
  static const auto known = crypto::parse_jwk_set(
      R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},)"
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  CHECK(known);
  if (const auto opened = crypto::open_jws(second, *known)) check_payload(opened->payload);
  if (const auto keys = crypto::parse_jwk_set(first)) {
    CHECK(!keys->empty() && keys->size() <= 100);
    for (const auto& key : *keys) CHECK(!key.algorithms.empty() && !key.public_key.empty());
    (void)crypto::open_jws(second, *keys);
  }
  check_payload(std::string(input));
  check_person(identity::parse_user_info(input, "email"));
  if (const auto metadata = identity::parse_discovery(input, kIssuer))
    CHECK(metadata->issuer == kIssuer && !metadata->jwks_uri.empty());
  if (const auto bytes = from_base64url(input)) CHECK(to_base64url(*bytes) == input);
  return 0;
}
