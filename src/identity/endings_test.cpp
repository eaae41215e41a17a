// What a new password, a followed link and new roles bring to an end.
#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/house_test.h"

namespace nocturn::identity {
namespace {

constexpr const char* kAnother = "four other quiet words";

class Endings : public House {
 protected:
  Client program(Client& owner) {
    const Reply made = call(owner, "POST", "/api/v1/me/tokens",
                            {{"name", "a script"},
                             {"scopes", JsonArray{"read_status", "own_account"}},
                             {"expires_in_days", 30}});
    EXPECT_EQ(made.status, 201) << boost::json::serialize(made.body);
    Client client;
    client.set("authorization", "Bearer " + made.text("token"));
    EXPECT_TRUE(is_in(client));
    return client;
  }
  bool is_in(Client& client) { return call(client, "GET", "/api/v1/session").status == 200; }
  // The path of a new link for an account.
  std::string link(Client& administrator, const std::string& account) {
    const Reply made = call(administrator, "POST", "/api/v1/accounts/" + account + "/invitation");
    EXPECT_EQ(made.status, 201) << boost::json::serialize(made.body);
    const std::string url = made.text("invitation_url");
    return "/api/v1/invitations/" + url.substr(url.rfind('/') + 1);
  }
  int set_roles(Client& administrator, const std::string& account, const Json& roles) {
    return call(administrator, "PUT", "/api/v1/accounts/" + account + "/roles", {{"roles", roles}})
        .status;
  }
};

TEST_F(Endings, of_a_password_leave_tokens_alone_unless_their_owner_says_so) {
  Client ada = first_administrator(), other;
  sign_in(other, "ada", kPassword);
  Client script = program(ada);
  EXPECT_EQ(
      call(ada, "PUT", "/api/v1/me/password", {{"current", kPassword}, {"new", kAnother}}).status,
      204);
  EXPECT_FALSE(is_in(other));
  EXPECT_TRUE(is_in(script));
  EXPECT_EQ(call(ada, "PUT", "/api/v1/me/password",
                 {{"current", kAnother}, {"new", kPassword}, {"revoke_tokens", true}})
                .status,
            204);
  EXPECT_FALSE(is_in(script));
  EXPECT_TRUE(is_in(ada));
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(Endings, of_a_password_end_links_that_wait) {
  Client ada = first_administrator(), bede = person(ada, "bede"), thief;
  const std::string path = link(ada, account_id(bede));
  EXPECT_EQ(
      call(bede, "PUT", "/api/v1/me/password", {{"current", kPassword}, {"new", kAnother}}).status,
      204);
  EXPECT_EQ(call(thief, "POST", path, {{"password", "a thief's own password"}}).status, 404);
}

TEST_F(Endings, of_a_followed_link_are_sessions_and_tokens_and_no_sooner) {
  Client ada = first_administrator(), bede = person(ada, "bede"), again;
  Client script = program(bede);
  const std::string path = link(ada, account_id(bede));
  EXPECT_TRUE(is_in(bede));
  EXPECT_TRUE(is_in(script));
  ASSERT_EQ(call(again, "POST", path, {{"password", kAnother}}).status, 200);
  EXPECT_FALSE(is_in(bede));
  EXPECT_FALSE(is_in(script));
  EXPECT_TRUE(is_in(again));
  EXPECT_TRUE(is_in(ada));
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(Endings, of_added_roles_are_links_that_were_made_before) {
  Client ada = first_administrator(), bede = person(ada, "bede"), thief, owner;
  const std::string account = account_id(bede), early = link(ada, account);
  EXPECT_EQ(set_roles(ada, account, roles({"viewer", "operator"})), 200);
  EXPECT_EQ(call(thief, "GET", early).status, 404);
  EXPECT_EQ(call(thief, "POST", early, {{"password", kAnother}}).status, 404);
  EXPECT_TRUE(is_in(bede));  // whoever was let in by the roles' owner stays
  const std::string late = link(ada, account);
  EXPECT_EQ(set_roles(ada, account, roles({"viewer", "operator"})), 200);  // nothing changes
  EXPECT_EQ(set_roles(ada, account, roles({"viewer"})), 200);              // fewer
  EXPECT_EQ(call(owner, "POST", late, {{"password", kAnother}}).status, 200);
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(Endings, of_roles_that_are_exchanged_are_links_too) {
  Client ada = first_administrator(), bede = person(ada, "bede"), thief;
  const std::string path = link(ada, account_id(bede));
  EXPECT_EQ(set_roles(ada, account_id(bede), roles({"approver"})), 200);
  EXPECT_EQ(call(thief, "POST", path, {{"password", kAnother}}).status, 404);
}

}  // namespace
}  // namespace nocturn::identity
