#include "notifications/links.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::notifications {
namespace {

const LinkKey kKey(crypto::sha256("one hub"));
const LinkKey kOther(crypto::sha256("another hub"));
const RecipientId kAnn("01a20454-391e-7e72-afcf-49a9b17507c3");

TEST(Links, lead_back_to_whom_they_were_made_for_and_to_what) {
  for (const Use use : {Use::confirm, Use::manage}) {
    const std::string token = kKey.token(use, kAnn);
    EXPECT_EQ(token.size(), 44U);
    const auto holder = kKey.holder(token);
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->recipient, kAnn);
    EXPECT_EQ(holder->use, use);
    EXPECT_FALSE(kOther.holder(token)) << "another hub's";
  }
}

RC_GTEST_PROP(Links, lead_nowhere_when_one_character_is_another, ()) {
  std::string token = kKey.token(Use::manage, kAnn);
  const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
  const char other = *rc::gen::elementOf(
      std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="));
  RC_PRE(token[at] != other);
  token[at] = other;
  RC_ASSERT(!kKey.holder(token));
}

RC_GTEST_PROP(Links, of_bounces_survive_servers_that_write_in_another_case, (std::int64_t id)) {
  id &= 0xffff'ffff'ffff;
  std::string token = kKey.bounce_token(id);
  for (char& c : token) c = static_cast<char>(std::toupper(c));
  RC_ASSERT(kKey.bounced_delivery(token) == id);
  RC_ASSERT(!kOther.bounced_delivery(token));
}

TEST(Links, take_nothing_for_a_token_that_is_none) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string(44, 'A'), std::string(100'000, 'A'),
        std::string("../../etc/passwd"), std::string(44, '\0')}) {
    EXPECT_FALSE(kKey.holder(text));
    EXPECT_FALSE(kKey.bounced_delivery(text));
  }
}

TEST(Links, give_each_recipient_a_code_and_a_secret_of_their_own) {
  const RecipientId bob("01a20454-391e-7e72-afcf-49a9b17507c4");
  EXPECT_EQ(kKey.code(kAnn).size(), 8U);
  EXPECT_NE(kKey.code(kAnn), kKey.code(bob));
  EXPECT_NE(kKey.signing_secret(kAnn), kKey.signing_secret(bob));
  EXPECT_NE(kKey.signing_secret(kAnn), kOther.signing_secret(kAnn));
}

}  // namespace
}  // namespace nocturn::notifications
