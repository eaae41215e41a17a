#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/base64url.h"
#include "base/json.h"
#include "crypto/ed25519.h"
#include "identity/oidc.h"

// A provider that is played, and sign-ins at it. tests/identity_provider does the same with a real
// provider and a real hub.
namespace nocturn::identity {

inline constexpr std::string_view kIssuer = "https://id.example.org/realm";
inline constexpr WallTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

inline std::int64_t seconds(WallTime time) {
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

}  // namespace nocturn::identity
