#include <set>

#include <gtest/gtest.h>

#include <rapidcheck.h>

#include "identity/house_test.h"
#include "identity/records.h"
#include "identity/recovery_codes.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

using People = House;

TEST_F(People, are_added_with_an_account_and_a_link_that_sets_its_password) {
  Client ada = first_administrator();
  std::string person;
  const std::string token = add_person(ada, "bede", roles({"operator", "approver"}), &person);
  Client bede;
  const std::string path = "/api/v1/invitations/" + token;
  const Reply facts = call(bede, "GET", path);
  EXPECT_EQ(facts.text("kind"), "invitation");
  EXPECT_EQ(facts.text("login"), "bede");
  EXPECT_EQ(facts.text("name"), "Person bede");
  EXPECT_EQ(call(bede, "POST", path, {{"password", "short"}}).status, 400);
  EXPECT_EQ(call(bede, "POST", path, {{"password", kPassword}}).status, 200);
  EXPECT_EQ(call(bede, "POST", path, {{"password", kPassword}}).status, 404);
  EXPECT_EQ(call(bede, "GET", "/api/v1/people").status, 403);
  EXPECT_EQ(call(ada, "GET", "/api/v1/people/" + person).text("name"), "Person bede");
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(People, are_listed_by_name_page_by_page_and_found_by_parts) {
  Client ada = first_administrator();
  for (const char* login : {"zoe", "bede", "mo_x", "moax"}) add_person(ada, login, roles({}));
  std::vector<std::string> names;
  std::string path = "/api/v1/people?limit=2", next;
  do {
    const Reply page = call(ada, "GET", path);
    ASSERT_EQ(page.status, 200) << boost::json::serialize(page.body);
    for (const Json& each : page.body.at("people").as_array())
      names.emplace_back(each.at("name").as_string());
    next = page.text("next");
    path = "/api/v1/people?limit=2&cursor=" + next;
  } while (!next.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"Ada Lovelace", "Person bede", "Person mo_x",
                                             "Person moax", "Person zoe"}));
  const auto found = [&](const std::string& text) {
    return call(ada, "GET", "/api/v1/people?q=" + text).body.at("people").as_array().size();
  };
  EXPECT_EQ(found("LOVE"), 1u);
  EXPECT_EQ(found("bede@example"), 1u);
  EXPECT_EQ(found("o_"), 1u);  // no wildcard
  EXPECT_EQ(found("nobody"), 0u);
}

TEST_F(People, lose_sessions_tokens_and_links_at_once_when_removed_and_keep_their_history) {
  Client ada = first_administrator();
  std::string person;
  const std::string token = add_person(ada, "bede", roles({"viewer"}), &person);
  Client bede;
  call(bede, "POST", "/api/v1/invitations/" + token, {{"password", kPassword}});
  const std::string account = account_id(bede);
  Client program;
  program.set("authorization",
              "Bearer " + call(bede, "POST", "/api/v1/me/tokens",
                               {{"name", "x"}, {"scopes", {"own_account"}}, {"expires_in_days", 9}})
                              .text("token"));
  const std::string link =
      call(ada, "POST", "/api/v1/accounts/" + account + "/invitation").text("invitation_url");
  EXPECT_EQ(call(program, "GET", "/api/v1/session").status, 200);

  EXPECT_EQ(call(ada, "DELETE", "/api/v1/people/" + person).status, 204);

  EXPECT_EQ(call(bede, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(call(program, "GET", "/api/v1/session").status, 401);
  EXPECT_EQ(call(bede, "GET", "/api/v1/invitations/" + link.substr(link.rfind('/') + 1)).status,
            404);
  EXPECT_EQ(sign_in(bede, "bede", kPassword).status, 401);
  EXPECT_EQ(ended_.size(), 2u);
  EXPECT_EQ(call(ada, "GET", "/api/v1/people/" + person).status, 404);
  EXPECT_TRUE(whole_ledger().contains("Person bede"));
  add_person(ada, "bede", roles({"viewer"}));  // the login is free again
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(People, cannot_be_overwritten_unseen) {
  Client ada = first_administrator();
  std::string person;
  add_person(ada, "bede", roles({"viewer"}), &person);
  const std::string path = "/api/v1/people/" + person;
  const Reply seen = call(ada, "GET", path);
  Client other = ada;
  EXPECT_EQ(call(other, "PATCH", path, {{"name", "Bede the Venerable"}}).status, 200);
  ada.set("if-match", seen.header("etag"));
  EXPECT_EQ(call(ada, "PATCH", path, {{"email", "x@example.org"}}).status, 412);
  ada.set("if-match", "\"" + call(other, "GET", path).text("version") + "\"");
  EXPECT_EQ(call(ada, "PATCH", path, {{"email", "x@example.org"}}).status, 200);
}

TEST_F(People, never_lose_the_last_administrator_who_can_sign_in) {
  Client ada = first_administrator();
  const std::string account = account_id(ada);
  const std::string path = "/api/v1/accounts/" + account;
  const auto refused = [&] {
    std::vector<int> statuses;
    statuses.push_back(call(ada, "DELETE", path).status);
    statuses.push_back(call(ada, "PUT", path + "/disabled", {{"disabled", true}}).status);
    statuses.push_back(call(ada, "PUT", path + "/roles", {{"roles", roles({"viewer"})}}).status);
    return statuses;
  };
  EXPECT_EQ(refused(), (std::vector<int>{409, 409, 409}));
  std::string bede_person;
  const std::string token = add_person(ada, "bede", roles({"administrator"}), &bede_person);
  EXPECT_EQ(refused(), (std::vector<int>{409, 409, 409}));  // invited, but never came
  Client bede;
  call(bede, "POST", "/api/v1/invitations/" + token, {{"password", kPassword}});
  EXPECT_EQ(call(ada, "PUT", path + "/roles", {{"roles", roles({"viewer"})}}).status, 200);
  EXPECT_EQ(call(bede, "DELETE", "/api/v1/people/" + bede_person).status, 409);
}

TEST_F(People, with_two_administrator_accounts_are_still_the_last_administrator) {
  Client ada = first_administrator();
  const Json people = call(ada, "GET", "/api/v1/people").body;
  const std::string person(people.at("people").as_array()[0].at("id").as_string());
  const Reply opened = call(ada, "POST", "/api/v1/people/" + person + "/accounts",
                            {{"login", "ada-2"}, {"roles", roles({"administrator"})}});
  ASSERT_EQ(opened.status, 201) << boost::json::serialize(opened.body);
  const std::string url = opened.text("invitation_url");
  Client second;
  call(second, "POST", "/api/v1/invitations/" + url.substr(url.rfind('/') + 1),
       {{"password", kPassword}});
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/people/" + person).status, 409);
}

TEST_F(People, are_counted_as_persons_and_not_as_accounts) {
  const net::Caller callers[] = {{.account = "a1", .person = "ada"},
                                 {.account = "a2", .person = "ada"},
                                 {.account = "b", .person = "bede"},
                                 {.account = "service"},
                                 {.name = "local operator"}};
  EXPECT_EQ(distinct_persons(callers), 2u);
}

TEST_F(People, are_all_open_to_the_local_operator_who_has_no_account) {
  Client owner{.local = true};
  const Reply session = call(owner, "GET", "/api/v1/session");
  EXPECT_EQ(session.text("method"), "socket");
  std::string person;
  const std::string token = add_person(owner, "bede", roles({"administrator"}), &person);
  EXPECT_EQ(call(owner, "GET", "/api/v1/me/sessions").status, 409);
  Client bede;
  EXPECT_EQ(call(bede, "POST", "/api/v1/invitations/" + token, {{"password", kPassword}}).status,
            200);
}

TEST_F(People, need_a_free_login_and_a_right_spelling) {
  Client ada = first_administrator();
  const auto status = [&](const char* login, const char* email, const Json& held) {
    return call(ada, "POST", "/api/v1/people",
                {{"name", "X"}, {"email", email}, {"login", login}, {"roles", held}})
        .status;
  };
  EXPECT_EQ(status("ADA", "", roles({})), 409);
  EXPECT_EQ(status("a b", "", roles({})), 400);
  EXPECT_EQ(status("x", "no address", roles({})), 400);
  EXPECT_EQ(status("x", "", roles({"emperor"})), 400);
  EXPECT_EQ(status("x", "", roles({"customer_contact"})), 400);
  EXPECT_EQ(
      status("x", "", JsonArray{Json{{"role", "customer_contact"}, {"institution", "library-1"}}}),
      201);
}

TEST_F(People, of_one_institution_do_not_see_what_is_everybodys) {
  Client ada = first_administrator();
  Client contact =
      person(ada, "contact",
             JsonArray{Json{{"role", "customer_contact"}, {"institution", "library-1"}},
                       Json{{"role", "auditor"}, {"institution", "library-1"}}});
  EXPECT_EQ(call(contact, "GET", "/api/v1/session").status, 200);
  EXPECT_EQ(call(contact, "GET", "/api/v1/people").status, 403);
}

TEST(Spelling, keeps_passwords_long_and_unlike_their_owner) {
  EXPECT_TRUE(check_password(kPassword, "ada", "Ada Lovelace", "ada@example.org"));
  EXPECT_FALSE(check_password("11-letters!", "ada", "", ""));
  EXPECT_FALSE(check_password("abababababababab", "ada", "", ""));
  EXPECT_FALSE(check_password("ADA Lovelace", "ada", "Ada Lovelace", ""));
  EXPECT_FALSE(check_password(std::string(257, 'x') + "abcdef", "ada", "", ""));
  EXPECT_TRUE(check_password("שלום עולם יפה", "ada", "", ""));
}

TEST(Spelling, takes_no_names_that_are_seen_as_others) {
  EXPECT_TRUE(spell_line("the name", "עדה לאבלייס – Ada"));
  EXPECT_TRUE(spell_line("the name", "Zoë d’Ébène\xC2\xA0X"));
  for (const char* trick : {"a\u202Eb", "a\u2066b", "a\u2028b", "a\xC2\x9B[2Jb", "a\u200Fb\u202A"})
    EXPECT_FALSE(spell_line("the name", trick)) << trick;
  EXPECT_FALSE(spell_email("ada@\u202Eexample.org"));
}

TEST(RecoveryCodes, are_ten_of_eighty_bits_and_told_apart) {
  SystemRandom random;
  const RecoveryCodes codes = draw_recovery_codes(random);
  EXPECT_EQ(codes.shown.size(), 10u);
  EXPECT_EQ(codes.shown[0].size(), 19u);
  EXPECT_EQ(std::set(codes.hashes.begin(), codes.hashes.end()).size(), 10u);
}

// ---- random commands ----

// One random request of somebody; what it answers does not matter.
struct Crowd {
  std::vector<Client> clients;
  std::vector<std::string> people, accounts;
};

class Properties : public House {
 protected:
  void step(Crowd& crowd) {
    Client& who = crowd.clients[*rc::gen::inRange<std::size_t>(0, crowd.clients.size())];
    const auto some = [](const std::vector<std::string>& list) {
      return list.empty() ? std::string("none")
                          : list[*rc::gen::inRange<std::size_t>(0, list.size())];
    };
    const std::string account = "/api/v1/accounts/" + some(crowd.accounts);
    switch (*rc::gen::inRange(0, 11)) {
      case 0: return add(crowd, who);
      case 1: call(who, "DELETE", "/api/v1/people/" + some(crowd.people)); return;
      case 2:
        call(who, "PUT", account + "/disabled", {{"disabled", *rc::gen::arbitrary<bool>()}});
        return;
      case 3:
        call(who, "PUT", account + "/roles",
             {{"roles", roles({*rc::gen::element("viewer", "administrator", "auditor")})}});
        return;
      case 4: call(who, "DELETE", account); return;
      case 5:
        call(who, "POST", "/api/v1/me/tokens",
             {{"name", "t"}, {"scopes", {"own_account"}}, {"expires_in_days", 1}});
        return;
      case 6: call(who, "POST", account + "/invitation"); return;
      case 7: call(who, "DELETE", "/api/v1/session"); return;
      case 8:
        clock_.advance(std::chrono::hours(*rc::gen::inRange(0, 13)));
        minute();
        return;
      case 9:
        call(who, "PUT", "/api/v1/me/password", {{"current", kPassword}, {"new", kPassword}});
        return;
      default: sign_in(who, *rc::gen::element("ada", "p1", "p2"), kPassword);
    }
  }
  void add(Crowd& crowd, Client& who) {
    const std::string login = fmt::format("p{}", crowd.people.size());
    const Reply added = call(who, "POST", "/api/v1/people",
                             {{"name", login},
                              {"login", login},
                              {"roles", roles({*rc::gen::element("viewer", "administrator")})}});
    if (added.status != 201) return;
    const Json& person = added.body.at("person");
    crowd.people.emplace_back(person.at("id").as_string());
    crowd.accounts.emplace_back(person.at("accounts").as_array()[0].at("id").as_string());
    const std::string url = added.text("invitation_url");
    Client client;
    if (call(client, "POST", "/api/v1/invitations/" + url.substr(url.rfind('/') + 1),
             {{"password", kPassword}})
            .status == 200)
      crowd.clients.push_back(client);
  }
  std::int64_t count(const char* sql) {
    std::int64_t result = -1;
    const Status read = database_->read([&](store::Reader& reader) {
      return reader.query(sql, {}, [&](const store::Row& row) { result = row.integer(0); });
    });
    EXPECT_TRUE(read) << read.error().text();
    return result;
  }
};

TEST_F(Properties, hold_after_any_commands) {
  Crowd crowd;
  crowd.clients.push_back(first_administrator());
  crowd.accounts.push_back(account_id(crowd.clients[0]));
  const bool holds = rc::check([&] {
    for (int i = 0; i < 25; ++i) step(crowd);
    // Nobody who is gone or rests has a door left open.
    RC_ASSERT(count("SELECT COUNT(*) FROM identity_sessions AS s JOIN identity_accounts AS a ON "
                    "a.id = s.account WHERE s.ended_at IS NULL AND (a.removed_at IS NOT NULL OR "
                    "a.disabled = 1)") == 0);
    // (A token past its time needs no revoking.)
    const std::string tokens = fmt::format(
        "SELECT COUNT(*) FROM identity_tokens AS t JOIN identity_accounts AS a ON a.id = t.account "
        "WHERE t.revoked_at IS NULL AND t.expires_at > {} AND (a.removed_at IS NOT NULL OR "
        "a.disabled = 1)",
        clock_.wall().time_since_epoch().count());
    RC_ASSERT(count(tokens.c_str()) == 0);
    RC_ASSERT(count("SELECT COUNT(*) FROM identity_accounts AS a JOIN identity_people AS p ON "
                    "p.id = a.person WHERE p.removed_at IS NOT NULL AND a.removed_at IS NULL") ==
              0);
    // Somebody is always left who manages people.
    RC_ASSERT(count("SELECT COUNT(*) FROM identity_accounts AS a JOIN identity_grants AS g ON "
                    "g.account = a.id WHERE g.role = 'administrator' AND a.disabled = 0 AND "
                    "a.removed_at IS NULL AND a.last_sign_in_at IS NOT NULL") > 0);
    RC_ASSERT(count("SELECT COUNT(*) FROM (SELECT login FROM identity_accounts WHERE removed_at "
                    "IS NULL GROUP BY login HAVING COUNT(*) > 1) AS twice") == 0);
    RC_ASSERT(replayed_differences() == "");
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace nocturn::identity
