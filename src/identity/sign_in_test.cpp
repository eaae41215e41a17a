#include <set>

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/one_time_code.h"
#include "identity/house_test.h"
#include "identity/request_facts.h"

namespace nocturn::identity {
namespace {

using SignIn = House;

TEST_F(SignIn, begins_with_a_one_time_link_for_the_first_administrator) {
  Client client;
  const std::string path = "/api/v1/invitations/" + identity_->first_invitation().value();
  EXPECT_EQ(call(client, "GET", path).text("kind"), "first");
  const Json chosen{{"password", kPassword}, {"login", "Ada"}, {"name", "Ada Lovelace"}};
  const Reply reply = call(client, "POST", path, chosen);
  ASSERT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  EXPECT_EQ(reply.body.at("account").at("login"), "ada");
  EXPECT_EQ(reply.body.at("roles").as_array()[0].at("role"), "administrator");
  EXPECT_EQ(call(client, "POST", path, chosen).status, 404);  // once
  open();
  EXPECT_FALSE(identity_->first_invitation().has_value());
  EXPECT_EQ(call(client, "GET", "/api/v1/session").status, 200);  // outlives a restart
}

TEST_F(SignIn, makes_a_new_first_link_at_each_start_and_ends_the_older) {
  const std::string older = identity_->first_invitation().value();
  open();
  const std::string newer = identity_->first_invitation().value();
  EXPECT_NE(older, newer);
  Client client;
  EXPECT_EQ(call(client, "GET", "/api/v1/invitations/" + older).status, 404);
  EXPECT_EQ(call(client, "GET", "/api/v1/invitations/" + newer).status, 200);
  clock_.advance(std::chrono::hours(25));
  EXPECT_EQ(call(client, "GET", "/api/v1/invitations/" + newer).status, 404);
}

TEST_F(SignIn, takes_login_and_password_in_any_case_of_the_login) {
  first_administrator();
  Client client;
  const Reply reply = sign_in(client, " ADA ", kPassword);
  ASSERT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  EXPECT_EQ(reply.text("method"), "password");
  EXPECT_EQ(call(client, "GET", "/api/v1/session").status, 200);
}

TEST_F(SignIn, says_and_costs_the_same_for_unknown_disabled_passwordless_and_wrong) {
  Client ada = first_administrator();
  person(ada, "bede");
  add_person(ada, "cuthbert", roles({"viewer"}));  // never set a password
  Client bede;
  sign_in(bede, "bede", kPassword);
  const std::string account = account_id(bede);
  call(ada, "PUT", "/api/v1/accounts/" + account + "/disabled", {{"disabled", true}});
  std::set<std::string> answers;
  for (const auto& [login, password] :
       std::map<std::string, std::string>{{"ada", "wrong password"},
                                          {"nobody", kPassword},
                                          {"bede", kPassword},
                                          {"cuthbert", kPassword},
                                          {"' or 1=1 --", "x"},
                                          {std::string(200, 'x'), "x"}}) {
    Client client;
    client.peer = "192.0.2.7";
    client.secure = true;
    const auto before = identity_->parts().gate.verifications();
    const Reply reply = sign_in(client, login, password);
    EXPECT_EQ(identity_->parts().gate.verifications(), before + 1) << login;
    EXPECT_TRUE(client.cookies.empty());
    answers.insert(fmt::format("{} {}", reply.status, boost::json::serialize(reply.body)));
  }
  EXPECT_EQ(answers.size(), 1u) << *answers.begin();
  EXPECT_TRUE(answers.begin()->starts_with("401")) << *answers.begin();
}

TEST_F(SignIn, gives_a_new_session_each_time_whatever_cookie_came_along) {
  first_administrator();
  Client client;
  client.cookies["nocturn"] = "planted-by-an-attacker";
  sign_in(client, "ada", kPassword);
  const std::string first = client.cookies["nocturn"];
  EXPECT_NE(first, "planted-by-an-attacker");
  sign_in(client, "ada", kPassword);
  EXPECT_NE(client.cookies["nocturn"], first);
}

TEST_F(SignIn, slows_guessing_down_and_says_for_how_long) {
  first_administrator();
  Client attacker;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in(attacker, "ada", "guess").status, 401);
  const Reply refused = sign_in(attacker, "ada", kPassword);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(sign_in(attacker, "ada", kPassword).status, 200);
}

TEST_F(SignIn, of_the_owners_own_browser_works_while_strangers_guess) {
  Client ada = first_administrator();  // got a device cookie
  for (int i = 0; i < 100; ++i) {
    Client attacker;
    attacker.peer = fmt::format("192.0.2.{}", i);
    attacker.secure = true;
    sign_in(attacker, "ada", "guess");
  }
  Client stranger;
  EXPECT_EQ(sign_in(stranger, "ada", kPassword).status, 429);
  ada.cookies.erase("nocturn");
  EXPECT_EQ(sign_in(ada, "ada", kPassword).status, 200);
}

TEST_F(SignIn, of_the_owners_own_browser_works_while_a_neighbour_at_its_address_guesses) {
  Client ada = first_administrator();
  for (int i = 0; i < 100; ++i) {
    Client neighbour;
    sign_in(neighbour, fmt::format("user{}", i), "guess");
  }
  Client stranger;
  EXPECT_EQ(sign_in(stranger, "ada", kPassword).status, 429);
  ada.cookies.erase("nocturn");
  EXPECT_EQ(sign_in(ada, "ada", kPassword).status, 200);
}

TEST_F(SignIn, by_a_one_time_link_works_while_strangers_guess) {
  Client ada = first_administrator();
  const Reply made = call(ada, "POST", "/api/v1/accounts/" + account_id(ada) + "/invitation");
  const std::string url = made.text("invitation_url");
  for (int i = 0; i < 100; ++i) {
    Client attacker;
    attacker.peer = fmt::format("192.0.2.{}", i);
    attacker.secure = true;
    sign_in(attacker, "ada", "guess");
  }
  Client owner;
  EXPECT_EQ(sign_in(owner, "ada", kPassword).status, 429);
  EXPECT_EQ(call(owner, "POST", "/api/v1/invitations/" + url.substr(url.rfind('/') + 1),
                 {{"password", "four other quiet words"}})
                .status,
            200);
}

TEST_F(SignIn, records_failures_without_the_login_and_sums_a_storm_up) {
  first_administrator();
  for (int i = 0; i < 60; ++i) {
    Client attacker;
    attacker.secure = true;
    attacker.peer = fmt::format("2001:db8:{:x}::1", i);
    sign_in(attacker, fmt::format("hunter{}-typed-as-login", i), "guess");
  }
  minute();
  const std::string ledger = whole_ledger();
  std::size_t failed = 0;
  for (std::size_t at = 0; (at = ledger.find("sign_in.failed ", at)) != std::string::npos; ++at)
    ++failed;
  EXPECT_EQ(failed, 20u);
  EXPECT_TRUE(ledger.contains(R"("count":40)")) << ledger;
  EXPECT_FALSE(ledger.contains("hunter"));
}

TEST_F(SignIn, refuses_forms_of_other_sites_and_the_clear_wire) {
  first_administrator();
  const auto status = [&](Client client) { return sign_in(client, "ada", kPassword).status; };
  Client form;
  form.set("content-type", "text/plain");
  EXPECT_EQ(status(form), 415);
  Client other;
  other.set("sec-fetch-site", "cross-site");
  EXPECT_EQ(status(other), 403);
  Client origin;
  origin.set("origin", "https://evil.example");
  EXPECT_EQ(status(origin), 403);
  Client clear;
  clear.peer = "192.0.2.1";
  EXPECT_EQ(status(clear), 403);
  Client proxied;
  proxied.set("x-forwarded-for", "10.0.0.1, 192.0.2.1");
  EXPECT_EQ(status(proxied), 403);
  proxied.set("x-forwarded-proto", "https");
  EXPECT_EQ(status(proxied), 200);
  Client sly;  // a line of its own before the one that the proxy appends
  sly.set("x-forwarded-for", "127.0.0.1");
  sly.headers.push_back({"x-forwarded-for", "192.0.2.1"});
  EXPECT_EQ(status(sly), 403);
  Client same;
  same.set("origin", "http://hub.example:8080");
  same.set("sec-fetch-site", "same-origin");
  EXPECT_EQ(status(same), 200);
}

TEST_F(SignIn, puts_the_cookie_under_host_rules_when_the_wire_is_safe) {
  first_administrator();
  Client client;
  client.secure = true;
  const Reply reply = sign_in(client, "ada", kPassword);
  const std::string cookie = reply.header("set-cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-nocturn=")) << cookie;
  for (const char* part : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"})
    EXPECT_TRUE(cookie.contains(part)) << cookie;
  EXPECT_FALSE(cookie.contains("Domain"));
}

// ---- second factor ----

class SecondFactor : public House {
 protected:
  // Enrolls and answers the secret.
  Bytes enroll(Client& client) {
    const Reply begun = call(client, "POST", "/api/v1/me/second-factor");
    EXPECT_EQ(begun.status, 200) << boost::json::serialize(begun.body);
    const Bytes secret =
        identity_->parts().factors.find(AccountId(account_id(client)), clock_.steady()).value();
    EXPECT_EQ(begun.text("secret"), crypto::to_base32(secret));
    EXPECT_TRUE(begun.text("uri").starts_with("otpauth://totp/status.example.org:ada?secret="));
    const Reply proved = call(client, "PUT", "/api/v1/me/second-factor", {{"code", code(secret)}});
    EXPECT_EQ(proved.status, 200) << boost::json::serialize(proved.body);
    for (const Json& each : proved.body.at("recovery_codes").as_array())
      recovery_.emplace_back(each.as_string());
    return secret;
  }
  std::string code(const Bytes& secret) {
    return crypto::one_time_code(secret, crypto::time_step(clock_.wall()));
  }
  std::vector<std::string> recovery_;
};

TEST_F(SecondFactor, is_asked_for_once_it_is_enrolled) {
  Client ada = first_administrator();
  const Bytes secret = enroll(ada);
  clock_.advance(std::chrono::minutes(5));
  Client client;
  const Reply asked = sign_in(client, "ada", kPassword);
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(asked.text("title"), "code_required");
  EXPECT_EQ(asked.body.at("code_required"), true);
  EXPECT_EQ(sign_in(client, "ada", kPassword, "000000").status, 401);
  EXPECT_EQ(sign_in(client, "ada", kPassword, code(secret)).status, 200);
}

TEST_F(SecondFactor, is_not_asked_for_after_a_wrong_password) {
  Client ada = first_administrator();
  enroll(ada);
  Client client;
  EXPECT_EQ(sign_in(client, "ada", "wrong password").text("title"), "unauthenticated");
}

TEST_F(SecondFactor, takes_no_code_twice) {
  Client ada = first_administrator();
  const Bytes secret = enroll(ada);
  Client client;
  EXPECT_EQ(sign_in(client, "ada", kPassword, code(secret)).status, 401);  // the enrolling one
  EXPECT_TRUE(whole_ledger().contains(R"("why":"code")"));
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(sign_in(client, "ada", kPassword, code(secret)).status, 200);
  EXPECT_EQ(sign_in(client, "ada", kPassword, code(secret)).status, 401);
}

TEST_F(SecondFactor, may_be_replaced_by_each_recovery_code_once) {
  Client ada = first_administrator();
  enroll(ada);
  ASSERT_EQ(recovery_.size(), 10u);
  Client client;
  const Reply reply = sign_in(client, "ada", kPassword, recovery_[3]);
  ASSERT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  EXPECT_EQ(reply.text("method"), "recovery_code");
  EXPECT_EQ(sign_in(client, "ada", kPassword, recovery_[3]).status, 401);
  EXPECT_EQ(sign_in(client, "ada", kPassword, recovery_[4]).status, 200);
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(SecondFactor, ends_older_recovery_codes_when_new_ones_are_made) {
  Client ada = first_administrator();
  enroll(ada);
  const Reply made = call(ada, "POST", "/api/v1/me/recovery-codes", {{"password", kPassword}});
  ASSERT_EQ(made.status, 200);
  Client client;
  EXPECT_EQ(sign_in(client, "ada", kPassword, recovery_[0]).status, 401);
  EXPECT_EQ(sign_in(client, "ada", kPassword,
                    std::string(made.body.at("recovery_codes").as_array()[0].as_string()))
                .status,
            200);
}

TEST_F(SecondFactor, goes_with_the_password_alone_and_by_an_administrator) {
  Client ada = first_administrator();
  enroll(ada);
  EXPECT_EQ(
      call(ada, "DELETE", "/api/v1/me/second-factor", {{"password", "wrong password"}}).status,
      403);
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/me/second-factor", {{"password", kPassword}}).status, 204);
  enroll(ada);
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/accounts/" + account_id(ada) + "/second-factor").status,
            204);
  Client client;
  EXPECT_EQ(sign_in(client, "ada", kPassword).status, 200);
}

TEST_F(SecondFactor, leaves_no_secret_in_the_ledger) {
  Client ada = first_administrator();
  const Bytes secret = enroll(ada);
  const std::string ledger = whole_ledger();
  EXPECT_FALSE(ledger.contains(crypto::to_base32(secret)));
  EXPECT_FALSE(ledger.contains("argon2"));
  EXPECT_FALSE(ledger.contains(recovery_[0]));
  EXPECT_FALSE(ledger.contains(ada.cookies["nocturn"]));
  EXPECT_FALSE(ledger.contains(kPassword));
}

TEST_F(SecondFactor, survives_a_restart) {
  Client ada = first_administrator();
  const Bytes secret = enroll(ada);
  open();
  clock_.advance(std::chrono::minutes(1));
  Client client;
  EXPECT_EQ(sign_in(client, "ada", kPassword, code(secret)).status, 200);
}

TEST_F(SecondFactor, is_still_asked_for_behind_a_reset_link) {
  Client ada = first_administrator();
  const Bytes secret = enroll(ada);
  const Reply made = call(ada, "POST", "/api/v1/accounts/" + account_id(ada) + "/invitation");
  ASSERT_EQ(made.status, 201);
  const std::string url = made.text("invitation_url");
  const std::string path = "/api/v1/invitations/" + url.substr(url.rfind('/') + 1);
  Client client;
  EXPECT_EQ(call(client, "GET", path).text("kind"), "reset");
  const std::string another = "four other quiet words";
  EXPECT_EQ(call(client, "POST", path, {{"password", another}}).text("title"), "code_required");
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(call(client, "POST", path, {{"password", another}, {"code", code(secret)}}).status,
            200);
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 401);  // the older session ended
}

}  // namespace
}  // namespace nocturn::identity
