#include "identity/oidc/stand_test.h"

// A provider's documents: asked for when they are needed, and believed of itself alone.
namespace nocturn::identity {
namespace {

TEST_F(Oidc, fetches_the_keys_again_when_one_is_new_but_not_for_every_stranger) {
  EXPECT_EQ(sign_in_once(), "in");
  EXPECT_EQ(sign_in_once(), "in");
  EXPECT_EQ(provider.count("/keys"), 1);
  provider.key_id = "two";
  provider.header["kid"] = "two";
  clock.advance(std::chrono::seconds(31));
  EXPECT_EQ(sign_in_once(), "in");
  EXPECT_EQ(provider.count("/keys"), 2);
  provider.header["kid"] = "three";
  EXPECT_EQ(sign_in_once(), "provider_wrong");
  EXPECT_EQ(sign_in_once(), "provider_wrong");
  EXPECT_EQ(provider.count("/keys"), 2);
}

TEST_F(Oidc, tells_a_code_that_is_refused_from_a_client_that_is_unknown) {
  provider.token_status = 400;
  provider.token_error = "invalid_grant";
  EXPECT_EQ(sign_in_once(), "refused");
  provider.token_status = 401;
  provider.token_error = "invalid_client";
  EXPECT_EQ(sign_in_once(), "provider_wrong");
  provider.token_status = 502;
  EXPECT_EQ(sign_in_once(), "provider_unavailable");
}

TEST_F(Oidc, asks_a_provider_that_is_down_only_now_and_then) {
  provider.down = true;
  EXPECT_EQ(sign_in.start("staff", "").error().problem, OidcProblem::provider_unavailable);
  provider.down = false;
  EXPECT_EQ(sign_in.start("staff", "").error().problem, OidcProblem::provider_unavailable);
  EXPECT_EQ(provider.asked.size(), 1u);
  clock.advance(std::chrono::seconds(6));
  EXPECT_TRUE(sign_in.start("staff", ""));
}

TEST_F(Oidc, believes_discovery_only_of_the_issuer_that_was_asked) {
  const std::vector<std::pair<std::string, Json>> wrong = {
      {"issuer", "https://id.example.org"},
      {"issuer", "https://id.example.org/realm/"},
      {"token_endpoint", "http://id.example.org/token"},
      {"token_endpoint", nullptr},
      {"jwks_uri", "file:///etc/passwd"},
      {"authorization_endpoint", "https://id.example.org/#x"},
      {"response_types_supported", JsonArray{"id_token"}},
      {"code_challenge_methods_supported", JsonArray{"plain"}},
      {"id_token_signing_alg_values_supported", JsonArray{"none", "HS256"}}};
  for (const auto& [name, value] : wrong) {
    const JsonObject right = provider.discovery;
    provider.discovery[name] = value;
    clock.advance(std::chrono::hours(2));
    const auto started = sign_in.start("staff", "");
    ASSERT_FALSE(started) << name;
    EXPECT_EQ(started.error().problem, OidcProblem::provider_wrong) << name;
    provider.discovery = right;
  }
}

TEST(DiscoveryUrl, is_below_the_issuer) {
  EXPECT_EQ(*discovery_url("https://a.example/realm/"),
            "https://a.example/realm/.well-known/openid-configuration");
  EXPECT_EQ(*discovery_url("http://127.0.0.1:9000"),
            "http://127.0.0.1:9000/.well-known/openid-configuration");
  for (const char* issuer : {"http://a.example", "https://a.example/?x", "https://a.example/#x",
                             "a.example", "https://user@a.example/"})
    EXPECT_FALSE(discovery_url(issuer)) << issuer;
}

}  // namespace
}  // namespace nocturn::identity
