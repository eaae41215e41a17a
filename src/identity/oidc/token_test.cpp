#include "identity/oidc/stand_test.h"

// What a token says of a person, and what is wrong with one.
namespace nocturn::identity {
namespace {

struct WrongClaim {
  std::string name;
  std::string_view claim;
  Json value;  // null: the claim is taken away
};
class WrongIdToken : public Oidc, public ::testing::WithParamInterface<WrongClaim> {};

TEST_P(WrongIdToken, is_refused) {
  const net::Request request = callback(start());
  if (GetParam().value.is_null())
    provider.claims.erase(GetParam().claim);
  else
    provider.claims[GetParam().claim] = GetParam().value;
  EXPECT_EQ(come_back(request), "provider_wrong");
}

INSTANTIATE_TEST_SUITE_P(
    Claims, WrongIdToken,
    ::testing::Values(
        WrongClaim{"nonce_of_another", "nonce", "x"}, WrongClaim{"no_nonce", "nonce", nullptr},
        WrongClaim{"issuer_of_another", "iss", "https://id.example.org"},
        WrongClaim{"no_issuer", "iss", nullptr}, WrongClaim{"audience", "aud", "another"},
        WrongClaim{"no_audience", "aud", nullptr},
        WrongClaim{"audience_of_a_wrong_type", "aud", JsonObject{{"nocturn", true}}},
        WrongClaim{"several_audiences", "aud", JsonArray{"nocturn", "another"}},
        WrongClaim{"party", "azp", "another"}, WrongClaim{"expired", "exp", seconds(kNow) - 301},
        WrongClaim{"no_expiry", "exp", nullptr}, WrongClaim{"expiry_as_text", "exp", "tomorrow"},
        WrongClaim{"expiry_beyond_time", "exp", 1e300},
        WrongClaim{"issued_long_ago", "iat", seconds(kNow) - 601},
        WrongClaim{"issued_tomorrow", "iat", seconds(kNow) + 301},
        WrongClaim{"not_yet_valid", "nbf", seconds(kNow) + 301},
        WrongClaim{"no_subject", "sub", nullptr}, WrongClaim{"empty_subject", "sub", ""},
        WrongClaim{"long_subject", "sub", Json(std::string(256, 'a'))},
        WrongClaim{"login_with_a_line_break", "preferred_username", "ada\nroot"}),
    [](const auto& test) { return test.param.name; });

TEST_F(Oidc, forgives_five_minutes_of_clock_skew_and_an_audience_list_that_names_us) {
  const net::Request request = callback(start());
  provider.claims["exp"] = seconds(kNow) - 299;
  provider.claims["iat"] = seconds(kNow) + 299;
  provider.claims["aud"] = JsonArray{"nocturn", "another"};
  provider.claims["azp"] = "nocturn";
  EXPECT_EQ(come_back(request), "in");
}

TEST_F(Oidc, refuses_tokens_that_nobody_signed_or_that_are_none) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"alg", "none"}, {"alg", "HS256"}, {"typ", "at+jwt"}, {"crit", "x"}}) {
    const JsonObject before = provider.header;
    provider.header[name] = value;
    EXPECT_EQ(sign_in_once(), "provider_wrong") << name << value;
    provider.header = before;
  }
}

TEST_F(Oidc, asks_the_userinfo_endpoint_for_what_the_token_leaves_out) {
  provider.claims.erase("preferred_username");
  const auto finished = sign_in.finish("staff", callback(start()));
  ASSERT_TRUE(finished) << finished.error().error.text();
  EXPECT_EQ(finished->claims.login, "ada");
  EXPECT_EQ(finished->claims.email, "ada@example.org");
  provider.user_info["sub"] = "somebody else";
  EXPECT_EQ(sign_in_once(), "provider_wrong");
}

TEST_F(Oidc, lets_in_only_verified_addresses_of_the_domains_that_are_named) {
  configured().domains = {"Example.org"};
  EXPECT_EQ(sign_in_once(), "in");
  for (const char* email :
       {"ada@example.com", "ada@example.org.evil.net", "example.org", "ada@sub.example.org", ""}) {
    provider.claims["email"] = email;
    EXPECT_EQ(sign_in_once(), "not_allowed") << email;
  }
  provider.claims["email"] = "ada@example.org";
  provider.claims["email_verified"] = false;
  EXPECT_EQ(sign_in_once(), "not_allowed");
}

TEST_F(Oidc, takes_no_login_from_an_address_that_nobody_verified) {
  configured().login_claim = "email";
  auto finished = sign_in.finish("staff", callback(start()));
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->claims.login, "ada@example.org");
  provider.claims["email_verified"] = false;
  finished = sign_in.finish("staff", callback(start()));
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->claims.login, "");
}

}  // namespace
}  // namespace nocturn::identity
