#include "api/router.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "api/problem.h"

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

// ---- the frame, on one endpoint that counts what it is asked ----

struct Frame {
  int handled = 0, asked = 0;
  RouterOptions options = {
      .check_answers = true,
      .authorize = [this](const auto& subject, auto permission, const auto& object) -> Status {
        ++asked;
        return identity::authorize(subject, permission, object);
      }};
  std::string said = "fine";

  net::Response call(const net::Request& request) {
    std::vector<net::Endpoint> table;
    const Shape answer = shape::object("Said", "What is said.", {{"said", shape::text("It.")}});
    table.push_back({{"GET", "/api/v1/thing", net::Permission::read_status, "Look.", answer},
                     [this](const net::Call&) -> Result<net::Answer> {
                       ++handled;
                       return Json{{"said", said}};
                     }});
    table.push_back(
        {{"PUT", "/api/v1/thing", net::Permission::read_status, "Change.", answer,
          shape::object("Say", "Speak.", {{"say", shape::text("What.", 1, 100)}})},
         [this](const net::Call& put) -> Result<net::Answer> {
           TRY_STATUS(put.expect_version("3"));
           if (put.text("say") == "nonsense")
             return put.refuse({{"say", "means nothing"}, {"", "says nothing"}});
           if (put.text("say") == "twice")
             return std::unexpected(Error{ErrorCode::conflict, "was said already", "say", false});
           if (put.text("say") == "elsewhere")
             return std::unexpected(Error{ErrorCode::conflict, "is closed", "the hall", false});
           ++handled;
           net::Answer answered{Json{{"said", put.text("say")}}};
           answered.version = "4";
           return answered;
         }});
    const Router router(
        std::move(table),
        [](const net::Request& sent) -> Result<identity::Subject> {
          if (!sent.local) return fail(ErrorCode::unauthenticated, "sign in first");
          return identity::Subject{.caller = {.name = "local operator"}, .everything = true};
        },
        options);
    return *router.answer(request);
  }
};

std::string header(const net::Response& response, std::string_view name) {
  for (const net::Header& one : response.headers)
    if (one.name == name) return one.value;
  return "";
}

net::Request put(std::string body) {
  net::Request made = request("PUT", "/api/v1/thing");
  made.headers.push_back({"content-type", "application/json; charset=utf-8"});
  made.body = std::move(body);
  return made;
}

TEST(Router, lets_in_a_large_body_only_where_it_belongs_and_of_who_may) {
  const net::Endpoint takes_much{
      {.method = "POST",
       .path = "/api/v1/tables/{name}",
       .permission = net::Permission::run_check,
       .summary = {},
       .body_bytes = 5'000},
      [](const net::Call&) -> Result<net::Answer> { return Json(nullptr); }};
  const Router router({takes_much}, [](const net::Request& sent) -> Result<identity::Subject> {
    if (!sent.local) return fail(ErrorCode::unauthenticated, "sign in first");
    return identity::Subject{.caller = {.name = "local operator"}, .everything = true};
  });
  net::Request head = request("POST", "/api/v1/tables/one");
  head.local = true;
  EXPECT_FALSE(router.refuse_body(head, 5'000));
  EXPECT_EQ(router.refuse_body(head, 5'001)->status, 413);
  head.method = "PUT";
  EXPECT_EQ(router.refuse_body(head, 5'000)->status, 413);
  EXPECT_EQ(router.refuse_body(request("POST", "/elsewhere"), 5'000)->status, 413);
  net::Request stranger = request("POST", "/api/v1/tables/one");
  stranger.local = false;
  EXPECT_EQ(router.refuse_body(stranger, 5'000)->status, 401);
  const Router strict({takes_much}, [](const net::Request&) { return identity::Subject{}; });
  EXPECT_EQ(strict.refuse_body(stranger, 5'000)->status, 403);
}

TEST(Router, answers_304_to_who_has_the_newest_state) {
  Frame frame;
  net::Request look = request("GET", "/api/v1/thing");
  const std::string tag = header(frame.call(look), "etag");
  EXPECT_FALSE(tag.empty());
  look.headers.push_back({"if-none-match", tag});
  EXPECT_EQ(frame.call(look).status, 304);
  EXPECT_EQ(frame.call(look).body, "");
  frame.said = "news";
  EXPECT_EQ(frame.call(look).status, 200);
}

TEST(Router, answers_412_when_the_thing_changed_since_the_caller_saw_it) {
  Frame frame;
  net::Request change = put(R"({"say": "x"})");
  change.headers.push_back({"if-match", "\"2\""});
  EXPECT_EQ(frame.call(change).status, 412);
  EXPECT_EQ(frame.handled, 0);
  change.headers.back().value = "\"3;gzip\"";
  EXPECT_EQ(frame.call(change).status, 200);
  EXPECT_EQ(header(frame.call(change), "etag"), "\"4\"");
}

TEST(Router, takes_bodies_in_json_only_and_tells_every_fault_at_once) {
  Frame frame;
  net::Request form = put("say=x");
  form.headers[0].value = "application/x-www-form-urlencoded";
  EXPECT_EQ(frame.call(form).status, 415);
  EXPECT_EQ(frame.call(put("{")).status, 400);
  net::Request wrong = put(R"({"say": "", "sai": 1})");
  wrong.query.emplace_back("limit", "1");
  const auto problem = parse_json(frame.call(wrong).body);
  EXPECT_EQ(problem->at("faults").as_array().size(), 3u);
  EXPECT_TRUE(faults_of(*problem, problem_shape()).empty());
  EXPECT_EQ(frame.handled, 0);
}

TEST(Router, names_the_fields_whose_mistakes_only_the_handler_knows) {
  Frame frame;
  const auto problem = [&](const char* said) {
    return *parse_json(frame.call(put(fmt::format(R"({{"say": "{}"}})", said))).body);
  };
  const auto both = problem("nonsense");
  EXPECT_EQ(boost::json::serialize(both.at("faults")),
            R"([{"path":"say","what":"means nothing"},{"path":"","what":"says nothing"}])");
  EXPECT_EQ(both.at("detail"), "say means nothing; the value says nothing");
  EXPECT_EQ(boost::json::serialize(problem("twice").at("faults")),
            R"([{"path":"say","what":"was said already"}])");
  EXPECT_EQ(problem("twice").at("status"), 409);
  EXPECT_FALSE(problem("elsewhere").as_object().contains("faults")) << "no field is called so";
}

TEST(Router, turns_an_answer_that_its_table_does_not_describe_into_a_500_when_told_to_check) {
  Frame frame;
  frame.said = "fine";
  EXPECT_EQ(frame.call(request("GET", "/api/v1/thing")).status, 200);
  std::vector<net::Endpoint> table;
  table.push_back({{"GET", "/api/v1/thing", net::Permission::anyone, "Look.",
                    shape::object("Number", "A number.", {{"n", shape::integer("It.")}})},
                   [](const net::Call&) -> Result<net::Answer> { return Json{{"n", "one"}}; }});
  const auto stranger = [](const net::Request&) -> Result<identity::Subject> {
    return fail(ErrorCode::unauthenticated, "sign in first");
  };
  const auto look = request("GET", "/api/v1/thing");
  EXPECT_EQ(Router(table, stranger, {.check_answers = true}).answer(look)->status, 500);
  EXPECT_EQ(Router(table, stranger).answer(look)->status, 200);
}

TEST(Router, takes_a_number_in_the_query_only_as_a_plain_number) {
  std::vector<net::Endpoint> table;
  table.push_back({{"GET", "/api/v1/things", net::Permission::anyone, "List.", shape::any("")},
                   [](const net::Call& call) -> Result<net::Answer> {
                     return Json(static_cast<std::int64_t>(TRY(net::page_of(call)).limit));
                   }});
  table[0].spec.query = net::page_parameters();
  const Router router(std::move(table), [](const net::Request&) -> Result<identity::Subject> {
    return fail(ErrorCode::unauthenticated, "sign in first");
  });
  const auto status = [&](std::string limit) {
    net::Request list = request("GET", "/api/v1/things", false);
    list.query.emplace_back("limit", std::move(limit));
    return router.answer(list)->status;
  };
  EXPECT_EQ(status("5"), 200);
  for (const char* wrong : {"0", "1001", " 5", "5 ", "5.0", "5e0", "+5", "0x5", "five", ""})
    EXPECT_EQ(status(wrong), 400) << wrong;
}

TEST(Router, answers_head_as_get) {
  Frame frame;
  EXPECT_EQ(frame.call(request("HEAD", "/api/v1/thing")).status, 200);
}

TEST(Router, asks_for_the_right_before_the_body_is_even_looked_at) {
  Frame frame;
  net::Request change = put("{");
  change.local = false;
  EXPECT_EQ(frame.call(change).status, 401);
  EXPECT_EQ(frame.asked, 0);
  EXPECT_EQ(frame.call(put("{")).status, 400);
  EXPECT_EQ(frame.asked, 1);
}

TEST(Router, logs_no_path_that_was_asked_for_as_it_may_hold_a_secret) {
  std::vector<net::Endpoint> table;
  table.push_back({{"GET", "/api/v1/links/{link}", net::Permission::anyone, "Follow.", {}},
                   [](const net::Call&) -> Result<net::Answer> {
                     return fail(ErrorCode::corrupt, "the disk lies");
                   }});
  const Router router(std::move(table), [](const net::Request&) -> Result<identity::Subject> {
    return fail(ErrorCode::unauthenticated, "sign in first");
  });
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(router.answer(request("GET", "/api/v1/links/hush-hush"))->status, 500);
  const std::string logged = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(logged.contains("/api/v1/links/{link}")) << logged;
  EXPECT_FALSE(logged.contains("hush-hush")) << logged;
}

TEST(Router, refuses_strangers_that_ask_too_often_and_says_when_to_come_back) {
  VirtualClock clock;
  RateLimit limits(clock);
  Frame frame;
  frame.options.limits = &limits;
  net::Request look = request("GET", "/api/v1/thing", false);
  look.peer = "192.0.2.1";
  net::Response last;
  for (int i = 0; i <= kForAddresses.burst; ++i) last = frame.call(look);
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(header(last, "retry-after"), "1");
  EXPECT_EQ(header(last, "ratelimit"), "\"address\";r=0");
  EXPECT_EQ(frame.call(request("GET", "/api/v1/thing")).status, 200);  // the owner, locally
}

}  // namespace
}  // namespace nocturn::api
