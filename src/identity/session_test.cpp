#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/events.h"
#include "identity/house_test.h"

namespace nocturn::identity {
namespace {

using ::testing::Contains;
using ::testing::Not;
using Sessions = House;
using Tokens = House;

TEST_F(Sessions, end_after_twelve_hours_unseen_and_seven_days_at_most) {
  Client ada = first_administrator();
  for (int hour = 0; hour < 7 * 24; hour += 8) {
    EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 200) << hour;
    clock_.advance(std::chrono::hours(8));
    minute();
  }
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 401);
  Client again;
  sign_in(again, "ada", kPassword);
  const std::string session(call(again, "GET", "/api/v1/me/sessions")
                                .body.at("sessions")
                                .as_array()[0]
                                .at("id")
                                .as_string());
  clock_.advance(std::chrono::hours(12));
  EXPECT_EQ(call(again, "GET", "/api/v1/session").status, 401);
  minute();
  EXPECT_THAT(ended_, Contains(session));
  EXPECT_EQ(last_types(1), std::vector<std::string>{std::string(events::kSessionEnded)});
}

TEST_F(Sessions, are_needed_with_their_csrf_token_to_change_anything) {
  Client ada = first_administrator();
  const Json body{{"name", "x"}, {"scopes", {"read_status"}}, {"expires_in_days", 1}};
  Client without = ada;
  without.csrf = "";
  EXPECT_EQ(call(without, "POST", "/api/v1/me/tokens", body).status, 403);
  Client wrong = ada;
  wrong.csrf = std::string(64, '0');
  EXPECT_EQ(call(wrong, "POST", "/api/v1/me/tokens", body).status, 403);
  Client other = ada;
  other.set("sec-fetch-site", "cross-site");
  EXPECT_EQ(call(other, "POST", "/api/v1/me/tokens", body).status, 403);
  Client origin = ada;
  origin.set("origin", "https://evil.example");
  EXPECT_EQ(call(origin, "POST", "/api/v1/me/tokens", body).status, 403);
  EXPECT_EQ(call(ada, "POST", "/api/v1/me/tokens", body).status, 201);
}

TEST_F(Sessions, have_csrf_tokens_of_their_own) {
  Client ada = first_administrator();
  Client again;
  sign_in(again, "ada", kPassword);
  EXPECT_NE(ada.csrf, again.csrf);
  std::swap(ada.csrf, again.csrf);
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/session").status, 403);
}

TEST_F(Sessions, end_with_the_sign_out_and_tell_their_streams) {
  Client ada = first_administrator();
  const Client copy = ada;
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/session").status, 204);
  EXPECT_FALSE(ada.cookies.contains("nocturn"));
  Client thief = copy;
  EXPECT_EQ(call(thief, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(ended_.size(), 1u);
}

TEST_F(Sessions, of_ones_own_can_be_listed_and_ended_and_not_those_of_others) {
  Client ada = first_administrator();
  Client bede = person(ada, "bede");
  Client second;
  sign_in(second, "ada", kPassword);
  const Reply listed = call(ada, "GET", "/api/v1/me/sessions");
  ASSERT_EQ(listed.body.at("sessions").as_array().size(), 2u);
  std::string other;
  for (const Json& each : listed.body.at("sessions").as_array())
    if (!each.at("current").as_bool()) other = each.at("id").as_string();
  EXPECT_EQ(call(bede, "DELETE", "/api/v1/me/sessions/" + other).status, 404);
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/me/sessions/" + other).status, 204);
  EXPECT_EQ(call(second, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 200);
}

TEST_F(Sessions, end_elsewhere_when_the_password_changes) {
  Client ada = first_administrator();
  Client second;
  sign_in(second, "ada", kPassword);
  const std::string another = "four other quiet words";
  EXPECT_EQ(
      call(ada, "PUT", "/api/v1/me/password", {{"current", "wrong password"}, {"new", another}})
          .status,
      403);
  EXPECT_EQ(
      call(ada, "PUT", "/api/v1/me/password", {{"current", kPassword}, {"new", "short"}}).status,
      400);
  EXPECT_EQ(
      call(ada, "PUT", "/api/v1/me/password", {{"current", kPassword}, {"new", another}}).status,
      204);
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 200);
  EXPECT_EQ(call(second, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(sign_in(second, "ada", kPassword).status, 401);
  EXPECT_EQ(sign_in(second, "ada", another).status, 200);
}

TEST_F(Sessions, are_at_most_fifty_and_the_oldest_gives_way) {
  Client ada = first_administrator();
  Client last;
  for (int i = 0; i < 50; ++i) {
    clock_.advance(std::chrono::seconds(1));
    ASSERT_EQ(sign_in(last, "ada", kPassword).status, 200);
  }
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(call(last, "GET", "/api/v1/me/sessions").body.at("sessions").as_array().size(), 50u);
}

Json token_for(std::initializer_list<const char*> scopes, int days = 30) {
  JsonArray list;
  for (const char* scope : scopes) list.emplace_back(scope);
  return {{"name", "a script"}, {"scopes", std::move(list)}, {"expires_in_days", days}};
}

Client bearer(const std::string& token) {
  Client client;
  client.set("authorization", "Bearer " + token);
  return client;
}

TEST_F(Tokens, are_shown_once_and_may_what_their_scopes_say) {
  Client ada = first_administrator();
  const Reply made = call(ada, "POST", "/api/v1/me/tokens", token_for({"read_people"}));
  ASSERT_EQ(made.status, 201) << boost::json::serialize(made.body);
  const std::string token = made.text("token");
  EXPECT_TRUE(token.starts_with("nct_"));
  EXPECT_EQ(token.size(), 47u);
  EXPECT_FALSE(boost::json::serialize(call(ada, "GET", "/api/v1/me/tokens").body).contains(token));
  EXPECT_FALSE(whole_ledger().contains(token));
  Client program = bearer(token);
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 200);
  EXPECT_EQ(call(program, "GET", "/api/v1/session").status, 403);  // own_account is no scope of it
  EXPECT_EQ(call(program, "POST", "/api/v1/people",
                 {{"name", "x"}, {"login", "x"}, {"roles", JsonArray{}}})
                .status,
            403);
}

TEST_F(Tokens, end_with_their_time_and_at_once_when_revoked) {
  Client ada = first_administrator();
  Client program =
      bearer(call(ada, "POST", "/api/v1/me/tokens", token_for({"read_people"}, 1)).text("token"));
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 200);
  clock_.advance(std::chrono::days(1));
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 401);
  sign_in(ada, "ada", kPassword);
  const Reply made = call(ada, "POST", "/api/v1/me/tokens", token_for({"read_people"}));
  Client next = bearer(made.text("token"));
  EXPECT_EQ(call(next, "GET", "/api/v1/people").status, 200);
  const std::string id(made.body.at("info").at("id").as_string());
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/me/tokens/" + id).status, 204);
  EXPECT_EQ(call(next, "GET", "/api/v1/people").status, 401);
  EXPECT_THAT(ended_, Contains(id));
}

TEST_F(Tokens, tell_their_streams_when_their_time_is_over) {
  Client ada = first_administrator();
  const Reply made = call(ada, "POST", "/api/v1/me/tokens", token_for({"read_status"}, 1));
  const std::string id(made.body.at("info").at("id").as_string());
  minute();
  EXPECT_THAT(ended_, Not(Contains(id)));
  clock_.advance(std::chrono::days(1));
  minute();
  EXPECT_THAT(ended_, Contains(id));
  minute();
  EXPECT_EQ(std::ranges::count(ended_, id), 1);
}

TEST_F(Tokens, never_may_more_than_their_account) {
  Client ada = first_administrator();
  Client bede = person(ada, "bede");
  EXPECT_EQ(call(bede, "POST", "/api/v1/me/tokens", token_for({"manage_people"})).status, 403);
  EXPECT_EQ(call(bede, "POST", "/api/v1/me/tokens", token_for({})).status, 400);
  const Reply made = call(ada, "POST", "/api/v1/me/tokens", token_for({"read_people"}));
  const std::string account = account_id(bede);
  // What the account loses, its token loses.
  call(ada, "PUT", "/api/v1/accounts/" + account + "/roles", {{"roles", roles({"auditor"})}});
  Client program =
      bearer(call(bede, "POST", "/api/v1/me/tokens", token_for({"read_people"})).text("token"));
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 200);
  ended_.clear();
  call(ada, "PUT", "/api/v1/accounts/" + account + "/roles", {{"roles", roles({"viewer"})}});
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 403);
  EXPECT_EQ(ended_.size(), 2u);  // its event streams, and those of bede's session, begin anew
}

TEST_F(Tokens, cannot_make_themselves_at_home) {
  Client ada = first_administrator();
  Client program =
      bearer(call(ada, "POST", "/api/v1/me/tokens", token_for({"own_account", "manage_people"}))
                 .text("token"));
  EXPECT_EQ(call(program, "POST", "/api/v1/me/tokens", token_for({"own_account"})).status, 403);
  EXPECT_EQ(call(program, "POST", "/api/v1/me/second-factor").status, 403);
  EXPECT_EQ(call(program, "PUT", "/api/v1/me/password",
                 {{"current", kPassword}, {"new", "four other quiet words"}})
                .status,
            403);
  // It manages people, but hands out no right that it lacks, and resets nobody who may more.
  EXPECT_EQ(call(program, "POST", "/api/v1/people",
                 {{"name", "Eve"}, {"login", "eve"}, {"roles", roles({"administrator"})}})
                .status,
            403);
  Client owner;
  sign_in(owner, "ada", kPassword);
  const std::string account = "/api/v1/accounts/" + account_id(owner);
  EXPECT_EQ(call(program, "POST", account + "/invitation").status, 403);
  // Nor does it rename them or end what keeps them in.
  const Json session = call(owner, "GET", "/api/v1/session").body;
  const std::string person(session.at("person").at("id").as_string());
  EXPECT_EQ(call(program, "PATCH", "/api/v1/people/" + person, {{"name", "Eve"}}).status, 403);
  const Json sessions = call(owner, "GET", "/api/v1/me/sessions").body;
  for (const Json& one : sessions.at("sessions").as_array())
    EXPECT_EQ(
        call(program, "DELETE", account + "/sessions/" + std::string(one.at("id").as_string()))
            .status,
        403);
  EXPECT_EQ(call(owner, "GET", "/api/v1/session").status, 200);
}

TEST_F(Tokens, are_not_taken_over_the_clear_wire) {
  Client ada = first_administrator();
  Client program =
      bearer(call(ada, "POST", "/api/v1/me/tokens", token_for({"read_people"})).text("token"));
  program.peer = "192.0.2.1";
  EXPECT_EQ(call(program, "GET", "/api/v1/people").status, 403);
}

TEST_F(Tokens, of_services_are_made_by_who_manages_people) {
  Client ada = first_administrator();
  const Reply service =
      call(ada, "POST", "/api/v1/accounts", {{"login", "reporter"}, {"roles", roles({"viewer"})}});
  ASSERT_EQ(service.status, 201) << boost::json::serialize(service.body);
  const std::string path = "/api/v1/accounts/" + service.text("id");
  const Reply made = call(ada, "POST", path + "/tokens", token_for({"read_status", "own_account"}));
  ASSERT_EQ(made.status, 201) << boost::json::serialize(made.body);
  Client program = bearer(made.text("token"));
  EXPECT_EQ(call(program, "GET", "/api/v1/session").text("method"), "token");
  EXPECT_EQ(call(ada, "POST", path + "/invitation").status, 409);
  EXPECT_EQ(call(ada, "POST", "/api/v1/accounts/" + account_id(ada) + "/tokens",
                 token_for({"read_status"}))
                .status,
            409);
  EXPECT_EQ(call(ada, "GET", "/api/v1/accounts").body.at("accounts").as_array().size(), 1u);
  EXPECT_EQ(call(ada, "PUT", path + "/disabled", {{"disabled", true}}).status, 200);
  EXPECT_EQ(call(program, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(Tokens, come_to_programs_by_a_person_who_types_their_code) {
  Client ada = first_administrator();
  Client program;
  const Reply begun = call(program, "POST", "/api/v1/devices", {{"client", "nocturn on laptop"}});
  ASSERT_EQ(begun.status, 201) << boost::json::serialize(begun.body);
  const Json secret{{"device_code", begun.text("device_code")}};
  EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 409);
  const std::string path = "/api/v1/devices/" + lower_ascii(begun.text("user_code"));
  EXPECT_EQ(call(program, "POST", path + "/approval").status, 401);
  EXPECT_EQ(call(ada, "GET", path).text("client"), "nocturn on laptop");
  EXPECT_EQ(call(ada, "POST", path + "/approval").status, 204);
  EXPECT_EQ(call(ada, "POST", path + "/approval").status, 404);
  const Reply got = call(program, "POST", "/api/v1/devices/token", secret);
  ASSERT_EQ(got.status, 200) << boost::json::serialize(got.body);
  EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 404);
  Client signed_in = bearer(got.text("token"));
  EXPECT_EQ(call(signed_in, "GET", "/api/v1/session").body.at("account").at("login"), "ada");
}

TEST_F(Tokens, do_not_come_to_programs_that_are_refused_late_or_guessing) {
  Client ada = first_administrator();
  Client program;
  const Reply begun = call(program, "POST", "/api/v1/devices", {{"client", "x"}});
  const Json secret{{"device_code", begun.text("device_code")}};
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/devices/" + begun.text("user_code") + "/approval").status,
            204);
  EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 403);
  const Reply late = call(program, "POST", "/api/v1/devices", {{"client", "x"}});
  clock_.advance(std::chrono::minutes(10));
  EXPECT_EQ(call(ada, "POST", "/api/v1/devices/" + late.text("user_code") + "/approval").status,
            404);
  int status = 404;
  for (int i = 0; i < 20 && status == 404; ++i)
    status = call(ada, "GET", "/api/v1/devices/BCDFGHJK").status;
  EXPECT_EQ(status, 429);
}

}  // namespace
}  // namespace nocturn::identity
