#include "identity/oidc/account.h"

#include <gtest/gtest.h>

#include "identity/events.h"

namespace nocturn::identity {
namespace {

Account account(const char* id) {
  Account made;
  made.id = AccountId(id);
  made.login = "ada";
  made.person = PersonId("p");
  return made;
}
const OidcClaims kClaims{.provider = "staff",
                         .issuer = "https://id.example.org",
                         .subject = "1",
                         .login = "ada",
                         .name = {},
                         .email = {}};

TEST(OidcAccount, is_the_linked_one_whatever_the_login_says_today) {
  const auto found = decide({.linked = account("a"), .named = account("b")}, kClaims);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account.text(), "a");
  EXPECT_TRUE(found->events.empty());
}

TEST(OidcAccount, is_linked_by_login_the_first_time) {
  const auto found = decide({.linked = {}, .named = account("b")}, kClaims);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account.text(), "b");
  ASSERT_EQ(found->events.size(), 1u);
  EXPECT_EQ(found->events[0].type, events::kAccountLinked);
  EXPECT_EQ(found->events[0].object, "account/b");
}

TEST(OidcAccount, is_nobodys_when_no_administrator_made_one) {
  const auto found = decide({}, kClaims);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
}

TEST(OidcAccount, is_never_a_service_a_disabled_one_or_somebody_elses) {
  LinkState service{.linked = {}, .named = account("s")};
  service.named->kind = AccountKind::service;
  EXPECT_FALSE(decide(service, kClaims));
  LinkState disabled{.linked = {}, .named = account("d")};
  disabled.named->disabled = true;
  EXPECT_FALSE(decide(disabled, kClaims));
  EXPECT_FALSE(decide({.linked = {}, .named = account("b"), .named_is_taken = true}, kClaims));
}

}  // namespace
}  // namespace nocturn::identity
