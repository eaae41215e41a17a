#include "identity/oidc/stand_test.h"

// The way to the provider and back, and answers that did not come that way.
namespace nocturn::identity {
namespace {

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

TEST(CodeChallenge, is_that_of_rfc_7636_appendix_b) {
  EXPECT_EQ(code_challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

}  // namespace
}  // namespace nocturn::identity
