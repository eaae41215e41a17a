#include <algorithm>

#include "identity/oidc.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/base64url.h"
#include "base/json.h"
#include "crypto/ed25519.h"

// A whole sign-in against a provider that is played here, then everything that may be wrong with
// one. tests/identity_provider does the same with a real provider and a real hub.
namespace nocturn::identity {
namespace {

constexpr std::string_view kIssuer = "https://id.example.org/realm";
constexpr WallTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// Answers as a provider does, or wrongly where a test says so.
class PlayedProvider {
 public:
  JsonObject discovery{{"issuer", kIssuer},
                       {"authorization_endpoint", "https://id.example.org/authorize?realm=1"},
                       {"token_endpoint", "https://id.example.org/token"},
                       {"jwks_uri", "https://id.example.org/keys"},
                       {"userinfo_endpoint", "https://id.example.org/me"},
                       {"response_types_supported", JsonArray{"code", "id_token"}},
                       {"code_challenge_methods_supported", JsonArray{"S256"}},
                       {"id_token_signing_alg_values_supported", JsonArray{"RS256", "EdDSA"}},
                       {"authorization_response_iss_parameter_supported", true}};
  JsonObject claims{{"iss", kIssuer},
                    {"aud", "nocturn"},
                    {"sub", "248289761001"},
                    {"preferred_username", "ada"},
                    {"name", "Ada Lovelace"},
                    {"email", "ada@example.org"},
                    {"email_verified", true},
                    {"iat", seconds(kNow)},
                    {"exp", seconds(kNow) + 600}};
  JsonObject header{{"alg", "EdDSA"}, {"kid", "one"}};
  JsonObject user_info{{"sub", "248289761001"}, {"preferred_username", "ada"}};
  std::string key_id = "one";
  int token_status = 200;
  std::string token_error;
  bool down = false;
  std::vector<net::FetchRequest> asked;

  Result<net::FetchAnswer> answer(const net::FetchRequest& request) {
    asked.push_back(request);
    if (down) return fail(ErrorCode::timeout, "no whole answer in time");
    if (request.url.ends_with("/.well-known/openid-configuration")) return json(discovery);
    if (request.url.ends_with("/keys"))
      return json({{"keys", JsonArray{JsonObject{{"kty", "OKP"},
                                                 {"crv", "Ed25519"},
                                                 {"kid", key_id},
                                                 {"x", to_base64url(key_.public_key())}}}}});
    if (request.url.ends_with("/me")) return json(user_info);
    if (token_status != 200) {
      auto refusal = json({{"error", token_error}});
      refusal.status = token_status;
      return refusal;
    }
    return json({{"token_type", "Bearer"}, {"access_token", "at"}, {"id_token", id_token()}});
  }

  std::string id_token() const {
    const auto part = [](const JsonObject& object) {
      return to_base64url(as_bytes(boost::json::serialize(object)));
    };
    const std::string signed_text = fmt::format("{}.{}", part(header), part(claims));
    return fmt::format("{}.{}", signed_text, to_base64url(key_.sign(signed_text)));
  }
  int count(std::string_view ending) const {
    return static_cast<int>(std::ranges::count_if(
        asked, [&](const auto& request) { return request.url.ends_with(ending); }));
  }

 private:
  static net::FetchAnswer json(const JsonObject& body) {
    return {200, {}, boost::json::serialize(body)};
  }
  crypto::SigningKey key_{crypto::Seed{1, 2, 3}};
};

class Oidc : public ::testing::Test {
 protected:
  struct Visit {
    std::string cookie;
    std::map<std::string, std::string> query;  // of the provider's page
  };

  // Goes to the provider, which remembers the nonce as providers do.
  Visit start(std::string_view return_to = "/console/people?q=a") {
    const auto started = sign_in.start("staff", return_to);
    EXPECT_TRUE(started);
    if (!started) return {};
    Visit visit;
    visit.cookie = started->cookie.substr(0, started->cookie.find(';'));
    const std::string query = started->location.substr(started->location.find('?') + 1);
    for (const std::string_view pair : split(query, '&')) {
      const std::size_t equals = pair.find('=');
      visit.query[std::string(pair.substr(0, equals))] =
          *unescape_url(pair.substr(equals + 1), false);
    }
    provider.claims["nonce"] = visit.query["nonce"];
    return visit;
  }
  net::Request callback(const Visit& visit) {
    net::Request request;
    request.headers = {{"cookie", "a=b; " + visit.cookie + "; c=d"}};
    request.query = {{"code", "SplxlOBeZQQYbYS6WxSbIA"},
                     {"state", visit.query.at("state")},
                     {"iss", std::string(kIssuer)}};
    return request;
  }
  // The word for the problem, or "in".
  std::string come_back(const net::Request& request, std::string_view where = "staff") {
    const auto finished = sign_in.finish(where, request);
    return finished ? "in" : std::string(name_of(finished.error().problem));
  }
  std::string sign_in_once() { return come_back(callback(start())); }
  OidcProvider& configured() { return settings->providers[0]; }

  VirtualClock clock{kNow};
  SeededRandom random{7};
  PlayedProvider provider;
  std::shared_ptr<OidcSettings> settings = std::make_shared<OidcSettings>(
      OidcSettings{"https://hub.example.org",
                   {{.id = "staff",
                     .name = "Staff sign-in",
                     .issuer = std::string(kIssuer),
                     .client_id = "nocturn",
                     .client_secret = [] { return Result<std::string>("s3cret/:"); },
                     .domains = {},
                     .ca_file = {}},
                    {.id = "other",
                     .name = "Other",
                     .issuer = "https://other.example.org",
                     .client_id = "nocturn",
                     .client_secret = {},
                     .domains = {},
                     .ca_file = {}}}});
  OidcSignIn sign_in{[this] { return settings; },
                     [this](const net::FetchRequest& request) { return provider.answer(request); },
                     clock, random};
};

TEST_F(Oidc, sends_people_to_the_provider_with_all_that_binds_the_answer_to_them) {
  const auto started = sign_in.start("staff", "/console/people");
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->location.starts_with("https://id.example.org/authorize?realm=1&"));
  EXPECT_TRUE(started->cookie.starts_with("__Host-nocturn-sign-in="));
  EXPECT_TRUE(started->cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"));
  const Visit visit = start();
  EXPECT_EQ(visit.query.at("response_type"), "code");
  EXPECT_EQ(visit.query.at("client_id"), "nocturn");
  EXPECT_EQ(visit.query.at("redirect_uri"),
            "https://hub.example.org/api/v1/session/oidc/staff/callback");
  EXPECT_EQ(visit.query.at("scope"), "openid profile email");
  EXPECT_EQ(visit.query.at("code_challenge_method"), "S256");
  EXPECT_EQ(visit.query.at("code_challenge").size(), 43u);
  EXPECT_EQ(visit.query.at("state").size(), 43u);
  EXPECT_NE(visit.query.at("state"), visit.query.at("nonce"));
}

TEST_F(Oidc, signs_in_and_comes_back_to_where_it_began) {
  const Visit visit = start();
  const auto finished = sign_in.finish("staff", callback(visit));
  ASSERT_TRUE(finished) << finished.error().error.text();
  EXPECT_EQ(finished->claims.provider, "staff");
  EXPECT_EQ(finished->claims.issuer, kIssuer);
  EXPECT_EQ(finished->claims.subject, "248289761001");
  EXPECT_EQ(finished->claims.login, "ada");
  EXPECT_EQ(finished->claims.email, "ada@example.org");
  EXPECT_EQ(finished->return_to, "/console/people?q=a");
  const net::FetchRequest& token = provider.asked[1];
  EXPECT_EQ(token.url, "https://id.example.org/token");
  EXPECT_EQ(token.headers.back().value, "Basic " + to_base64(as_bytes("nocturn:s3cret%2F%3A")));
  EXPECT_EQ(token.body.find("s3cret"), std::string::npos);
  const std::size_t verifier = token.body.find("code_verifier=") + 14;
  EXPECT_EQ(code_challenge_of(token.body.substr(verifier, 43)), visit.query.at("code_challenge"));
}

TEST_F(Oidc, sends_the_secret_as_the_provider_wants_it) {
  provider.discovery["token_endpoint_auth_methods_supported"] = JsonArray{"client_secret_post"};
  EXPECT_EQ(sign_in_once(), "in");
  EXPECT_NE(provider.asked[1].body.find("client_secret=s3cret%2F%3A"), std::string::npos);
}

TEST_F(Oidc, needs_no_secret_as_a_public_client) {
  configured().client_secret = {};
  EXPECT_EQ(sign_in_once(), "in");
  EXPECT_NE(provider.asked[1].body.find("client_id=nocturn"), std::string::npos);
  EXPECT_EQ(provider.asked[1].headers.size(), 2u);
}

TEST_F(Oidc, takes_an_answer_once) {
  const net::Request request = callback(start());
  EXPECT_EQ(come_back(request), "in");
  EXPECT_EQ(come_back(request), "expired");
  EXPECT_EQ(provider.count("/token"), 1);
}

TEST_F(Oidc, refuses_an_answer_without_its_state_cookie_or_time) {
  net::Request request = callback(start());
  request.query[1].second[0] ^= 1;
  EXPECT_EQ(come_back(request), "expired");

  request = callback(start());
  request.headers.clear();
  EXPECT_EQ(come_back(request), "expired");

  request = callback(start());
  request.headers[0].value[40] ^= 1;
  EXPECT_EQ(come_back(request), "expired");

  // The cookie of one sign-in does not let in the answer of another.
  const Visit first = start(), second = start();
  request = callback(first);
  request.headers = callback(second).headers;
  EXPECT_EQ(come_back(request), "expired");

  request = callback(start());
  clock.advance(std::chrono::minutes(10) + std::chrono::seconds(1));
  EXPECT_EQ(come_back(request), "expired");
  EXPECT_EQ(provider.count("/token"), 0);
}

TEST_F(Oidc, refuses_an_answer_of_another_provider) {
  EXPECT_EQ(come_back(callback(start()), "other"), "expired");
  net::Request request = callback(start());
  request.query[2].second = "https://other.example.org";
  EXPECT_EQ(come_back(request), "provider_wrong");
  request = callback(start());
  request.query.pop_back();
  EXPECT_EQ(come_back(request), "provider_wrong");
  EXPECT_EQ(provider.count("/token"), 0);
}

TEST_F(Oidc, passes_on_that_the_person_said_no) {
  net::Request request = callback(start());
  request.query[0] = {"error", "access_denied"};
  const auto finished = sign_in.finish("staff", request);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().problem, OidcProblem::refused);
  EXPECT_NE(finished.error().error.text().find("access_denied"), std::string::npos);

  request = callback(start());
  request.query[0] = {"error", "<script>\r\nx"};
  EXPECT_EQ(sign_in.finish("staff", request).error().error.text().find("script"),
            std::string::npos);
}

TEST_F(Oidc, does_not_know_other_providers) {
  EXPECT_EQ(sign_in.start("nobody", "/console/").error().problem, OidcProblem::unknown_provider);
  EXPECT_EQ(come_back(callback(start()), "nobody"), "unknown_provider");
}

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

TEST(ConsolePath, is_a_path_of_the_console_and_nothing_else) {
  EXPECT_EQ(console_path("/console"), "/console");
  EXPECT_EQ(console_path("/console/people?q=a&b=%20#x"), "/console/people?q=a&b=%20#x");
  for (const char* text :
       {"", "/", "//evil.net/console/", "https://evil.net/console/", "/console/../x",
        "/console//evil.net", "/consoles", "/console/\r\nSet-Cookie: a=b", "/console/\\evil.net",
        "console/", "/console/<script>"})
    EXPECT_EQ(console_path(text), "/console/") << text;
  EXPECT_EQ(console_path("/console/" + std::string(512, 'a')), "/console/");
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

TEST(CodeChallenge, is_that_of_rfc_7636_appendix_b) {
  EXPECT_EQ(code_challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

}  // namespace
}  // namespace nocturn::identity
