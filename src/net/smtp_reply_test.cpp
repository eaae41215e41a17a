#include "net/smtp_reply.h"

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

TEST(SmtpReplyReader, puts_lines_together_and_refuses_what_contradicts_itself) {
  SmtpReplyReader reader;
  EXPECT_FALSE(reader.take("250-mx.example.org")->has_value());
  EXPECT_FALSE(reader.take("250-STARTTLS")->has_value());
  EXPECT_FALSE(reader.take("250-AUTH PLAIN LOGIN")->has_value());
  const auto reply = reader.take("250 SIZE 1000");
  ASSERT_TRUE(reply && *reply);
  EXPECT_TRUE((*reply)->offers("starttls"));
  EXPECT_TRUE((*reply)->offers("SIZE"));
  EXPECT_FALSE((*reply)->offers("SIZ"));
  EXPECT_EQ((*reply)->parameters("auth"), "PLAIN LOGIN");
  EXPECT_EQ((*reply)->parameters("STARTTLS"), "");
  EXPECT_FALSE(reader.take("250-a")->has_value());
  EXPECT_FALSE(reader.take("251 b"));
  for (const char* line : {"", "25", "2500 x", "hello", "999 x", "250_x"}) {
    EXPECT_FALSE(SmtpReplyReader().take(line)) << line;
  }
}

TEST(SmtpReplyReader, refuses_a_reply_of_too_many_lines) {
  SmtpReplyReader reader;
  for (std::size_t i = 0; i < kMostSmtpReplyLines; ++i) ASSERT_TRUE(reader.take("250-x"));
  EXPECT_FALSE(reader.take("250-x"));
}

TEST(SmtpReply, tells_the_enhanced_code_and_a_line_for_people) {
  const SmtpReply reply{.code = 550,
                        .lines = {"5.1.1 <nobody@example.org>:", "5.1.1 no such user"}};
  EXPECT_EQ(reply.enhanced(), "5.1.1");
  EXPECT_EQ(reply.text(), "<nobody@example.org>: no such user");
  // Another class than the reply's, or no code at all.
  EXPECT_EQ((SmtpReply{.code = 450, .lines = {"5.1.1 odd"}}.enhanced()), "");
  EXPECT_EQ((SmtpReply{.code = 250, .lines = {"2.0 ok"}}.enhanced()), "");
  EXPECT_EQ((SmtpReply{.code = 250, .lines = {"2.0.1234 ok"}}.enhanced()), "");
  EXPECT_EQ((SmtpReply{.code = 250, .lines = {""}}.text()), "");
}

TEST(SmtpReply, shows_people_no_control_characters_no_broken_text_and_not_too_much) {
  EXPECT_EQ(readable_line("a\tb\x1b[31mc\x7f"), "ab[31mc");
  EXPECT_EQ(readable_line("caf\xC3\xA9 \xC2\x85 \xFF"), "caf\xC3\xA9  ?");
  EXPECT_EQ(readable_line(std::string(500, 'x')).size(), 200u);
  std::string hebrew;
  for (int i = 0; i < 300; ++i) hebrew += "\xD7\x90";
  EXPECT_EQ(readable_line(hebrew), hebrew.substr(0, 400));
}

}  // namespace
}  // namespace nocturn::net
