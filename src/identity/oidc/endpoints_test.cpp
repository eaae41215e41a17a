#include "identity/oidc/endpoints.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace nocturn::identity {
namespace {

class OidcEndpoints : public ::testing::Test {
 protected:
  net::Answer call(std::size_t which, std::vector<std::pair<std::string, std::string>> query) {
    net::Request request;
    request.query = std::move(query);
    const Json body;
    const net::Caller nobody;
    const net::Call call{request, {{"provider", "staff"}}, body, nobody};
    auto answer = endpoints_[which].handle(call);
    EXPECT_TRUE(answer);
    return answer ? *std::move(answer) : net::Answer(Json());
  }
  static std::string header(const net::Answer& answer, std::string_view name) {
    for (const net::Header& one : answer.headers)
      if (one.name == name) return one.value;
    return "";
  }

  VirtualClock clock_;
  SeededRandom random_{1};
  OidcSettingsPtr settings_ =
      std::make_shared<OidcSettings>(OidcSettings{"http://127.0.0.1:8080",
                                                  {{.id = "staff",
                                                    .name = "Staff sign-in",
                                                    .issuer = "https://id.example.org",
                                                    .client_id = "nocturn",
                                                    .client_secret = {},
                                                    .domains = {},
                                                    .ca_file = {}}}});
  OidcSignIn sign_in_{[this] { return settings_; },
                      [](const net::FetchRequest&) -> Result<net::FetchAnswer> {
                        return fail(ErrorCode::unavailable, "down");
                      },
                      clock_, random_};
  std::vector<std::string> noted_;
  std::vector<net::Endpoint> endpoints_ = oidc_endpoints(
      &sign_in_,
      [](const OidcClaims&, const net::Request&) {
        return Result<std::vector<net::Header>>(
            std::vector<net::Header>{{"set-cookie", "session=1"}});
      },
      [this](OidcProblem problem, const net::Request&) { noted_.emplace_back(name_of(problem)); });
};

TEST_F(OidcEndpoints, name_the_providers_and_nothing_of_their_secrets) {
  EXPECT_EQ(boost::json::serialize(call(0, {}).body),
            R"({"providers":[{"id":"staff","name":"Staff sign-in"}]})");
}

TEST_F(OidcEndpoints, send_the_browser_to_the_sign_in_page_with_a_word_for_the_problem) {
  const net::Answer answer = call(1, {{"return_to", "/console/"}});
  EXPECT_EQ(header(answer, "location"), "/console/sign-in?problem=provider_unavailable");
  EXPECT_EQ(header(answer, "set-cookie"), "");
  EXPECT_TRUE(noted_.empty());  // nobody was refused
}

TEST_F(OidcEndpoints, reflect_nothing_and_forget_the_sign_in_under_way) {
  const net::Answer answer = call(2, {{"error", "<b>"}, {"state", "x"}, {"code", "secret"}});
  EXPECT_EQ(header(answer, "location"), "/console/sign-in?problem=expired");
  EXPECT_EQ(header(answer, "referrer-policy"), "no-referrer");
  EXPECT_EQ(header(answer, "set-cookie"),
            "nocturn-sign-in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  EXPECT_EQ(noted_, std::vector<std::string>{"expired"});
}

TEST_F(OidcEndpoints, do_not_blame_the_person_for_a_full_disk) {
  const auto told = [](ErrorCode code) { return problem_behind(Error{code, "no", {}}); };
  EXPECT_EQ(told(ErrorCode::disk_full), OidcProblem::not_recorded);
  EXPECT_EQ(told(ErrorCode::unavailable), OidcProblem::not_recorded);
  EXPECT_EQ(told(ErrorCode::conflict), OidcProblem::not_recorded) << "a ledger that only reads";
  EXPECT_EQ(told(ErrorCode::not_found), OidcProblem::no_account);
  EXPECT_EQ(told(ErrorCode::forbidden), OidcProblem::no_account);
}

}  // namespace
}  // namespace nocturn::identity
