#include "api/router.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace nocturn::api {
namespace {

Router router() {
  using net::Permission;
  std::vector<net::Endpoint> endpoints;
  endpoints.push_back(
      {{"GET", "/api/v1/checks/{check...}", Permission::read_status, "One check.", shape::any("")},
       [](const net::Call& call) -> Result<net::Answer> {
         return Json{{"check", call.path_parameter("check")}, {"caller", call.caller.name}};
       }});
  endpoints.push_back({{"DELETE", "/api/v1/declarations/{instance}", Permission::declare_status,
                        "Withdraw.", shape::any("")},
                       [](const net::Call& call) -> Result<net::Answer> {
                         return fail(ErrorCode::not_found, "nothing is declared for {}",
                                     call.path_parameter("instance"));
                       }});
  return Router(std::move(endpoints), [](const net::Request& request) -> Result<identity::Subject> {
    if (request.local)
      return identity::Subject{.caller = {.name = "local operator"}, .everything = true};
    return fail(ErrorCode::unauthenticated, "sign in first");
  });
}

net::Request request(std::string method, std::string path, bool local = true) {
  net::Request made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.local = local;
  return made;
}

TEST(Router, hands_path_parameters_and_the_caller_to_the_handler) {
  const auto answer = router().answer(request("GET", "/api/v1/checks/catalog-eu01/z3950"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{\"check\":\"catalog-eu01/z3950\",\"caller\":\"local operator\"}\n");
}

TEST(Router, asks_for_a_sign_in_before_any_handler_runs) {
  const Router subject = router();
  for (const net::Endpoint& endpoint : subject.endpoints()) {
    std::string path(endpoint.spec.path.substr(0, endpoint.spec.path.find('{')));
    const auto answer =
        subject.answer(request(std::string(endpoint.spec.method), path + "x", false));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401);
  }
}

TEST(Router, answers_errors_as_problem_documents) {
  const auto answer = router().answer(request("DELETE", "/api/v1/declarations/catalog-eu01"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->headers[0].value, "application/problem+json");
  EXPECT_EQ(parse_json(answer->body)->at("detail"), "nothing is declared for catalog-eu01");
}

TEST(Router, tells_a_wrong_method_from_a_wrong_path) {
  EXPECT_EQ(router().answer(request("POST", "/api/v1/declarations/x"))->status, 405);
  EXPECT_EQ(router().answer(request("GET", "/api/v1/declarations"))->status, 404);
  EXPECT_EQ(router().answer(request("DELETE", "/api/v1/declarations/"))->status, 404);
  EXPECT_FALSE(router().answer(request("GET", "/instances/x")));
}

}  // namespace
}  // namespace nocturn::api
