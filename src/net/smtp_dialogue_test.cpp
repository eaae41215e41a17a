#include "net/smtp_dialogue.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "net/smtp_dialogue_test.h"

namespace nocturn::net {
namespace {

using test::mail;
using test::show;

// A dialogue and what it wrote, in lines with " | " between.
class Talk {
 public:
  explicit Talk(SmtpDialogue::Options options = {.hello = "me", .security = SmtpSecurity::never})
      : dialogue(std::move(options)) {}

  std::string hears(std::string_view lines) {
    for (const auto line : split(lines, '|')) dialogue.receive(std::string(trim(line)) + "\r\n");
    return says();
  }
  std::string gets(SmtpMail mail) {
    dialogue.send(std::move(mail));
    return says();
  }
  std::string says() {
    std::string said;
    for (const auto line : split(dialogue.output(), '\n')) {
      if (line.empty()) continue;
      if (!said.empty()) said += " | ";
      said += trim(line);
    }
    dialogue.written();
    return said;
  }
  std::string told() {
    std::string all;
    for (const auto& one : dialogue.take_told()) all += (all.empty() ? "" : "; ") + show(one);
    return all;
  }
  void is_greeted(std::string_view extensions = "PIPELINING") {
    hears("220 relay");
    std::string reply = "250-relay";
    for (const auto word : split(extensions, ',')) reply += fmt::format("|250-{}", word);
    hears(reply + "|250 HELP");
  }

  SmtpDialogue dialogue;
};

TEST(SmtpDialogue, lets_the_next_envelope_ride_behind_the_final_dot) {
  Talk talk;
  EXPECT_FALSE(talk.dialogue.wants_mail());
  EXPECT_EQ(talk.hears("220-relay|220 ready"), "EHLO me");
  EXPECT_EQ(talk.hears("250-relay|250-PIPELINING|250 SIZE"), "");
  ASSERT_TRUE(talk.dialogue.wants_mail());
  EXPECT_EQ(talk.gets(mail(1)),
            "MAIL FROM:<status@cloud.example> SIZE=21 | RCPT TO:<reader1@library.example> | DATA");
  EXPECT_FALSE(talk.dialogue.wants_mail());
  talk.dialogue.receive("250 ok\r\n250 ok\r\n354 go\r\n");
  ASSERT_TRUE(talk.dialogue.wants_mail());
  talk.dialogue.send(mail(2, "a: b\r\n\r\n.\r\n..x\r\n"));
  EXPECT_EQ(talk.says(),
            "Subject: x |  | hello | . | MAIL FROM:<status@cloud.example> SIZE=16 | "
            "RCPT TO:<reader2@library.example> | DATA");
  EXPECT_EQ(talk.told(), "");
  EXPECT_EQ(talk.hears("250 2.0.0 queued as 7|250 ok|250 ok|354 go"), "a: b |  | .. | ...x | .");
  EXPECT_EQ(talk.told(), "1 accepted 250 2.0.0 (queued as 7)");
  talk.dialogue.quit();
  EXPECT_EQ(talk.says(), "");
  EXPECT_EQ(talk.hears("250 fine"), "QUIT");
  EXPECT_EQ(talk.told(), "2 accepted 250  (fine)");
  EXPECT_FALSE(talk.dialogue.is_over());
  talk.hears("221 bye");
  EXPECT_TRUE(talk.dialogue.is_over());
  EXPECT_EQ(talk.dialogue.complaint(), "");
}

TEST(SmtpDialogue, waits_for_each_answer_without_pipelining) {
  Talk talk;
  talk.is_greeted("SIZE 1000");
  EXPECT_EQ(talk.gets(mail(1)), "MAIL FROM:<status@cloud.example> SIZE=21");
  EXPECT_EQ(talk.hears("250 ok"), "RCPT TO:<reader1@library.example>");
  EXPECT_EQ(talk.hears("550 5.1.1 nobody"), "");
  EXPECT_EQ(talk.told(), "1 refused 550 5.1.1 (nobody)");
  EXPECT_EQ(talk.gets(mail(2)), "RSET");
  EXPECT_EQ(talk.hears("250 ok"), "MAIL FROM:<status@cloud.example> SIZE=21");
  EXPECT_EQ(talk.hears("250 ok"), "RCPT TO:<reader2@library.example>");
  EXPECT_EQ(talk.hears("251 forwarded"), "DATA");
  EXPECT_EQ(talk.hears("354 go"), "Subject: x |  | hello | .");
  EXPECT_FALSE(talk.dialogue.wants_mail());
  talk.hears("452 4.3.1 full");
  EXPECT_EQ(talk.told(), "2 deferred 452 4.3.1 (full)");
  EXPECT_TRUE(talk.dialogue.wants_mail());
}

TEST(SmtpDialogue, goes_on_behind_a_refusal_in_the_middle_of_a_pipeline) {
  Talk talk;
  talk.is_greeted();
  talk.gets(mail(1));
  talk.hears("250 ok|554 5.7.1 not you|554 5.5.1 no valid recipients");
  EXPECT_EQ(talk.told(), "1 refused 554 5.7.1 (not you)");
  EXPECT_EQ(talk.gets(mail(2)),
            "RSET | MAIL FROM:<status@cloud.example> | RCPT TO:<reader2@library.example> | DATA");
  // A relay that wants data all the same gets none (RFC 2920, section 3.1).
  EXPECT_EQ(talk.hears("250 ok|450 4.7.1 later|503 first MAIL|354 go"), ".");
  EXPECT_EQ(talk.told(), "2 deferred 450 4.7.1 (later)");
  EXPECT_TRUE(talk.dialogue.wants_mail());
  talk.gets(mail(3));
  talk.hears("554 no recipients|250 ok|250 ok|354 go|250 ok");
  EXPECT_EQ(talk.told(), "3 accepted 250  (ok)");
  // Nor does it change what became of the mail when the relay likes the lonely dot.
  talk.gets(mail(4));
  talk.hears("250 ok|550 5.1.1 nobody|354 go|250 2.0.0 queued");
  EXPECT_EQ(talk.told(), "4 refused 550 5.1.1 (nobody)");
  EXPECT_TRUE(talk.dialogue.is_idle());
}

TEST(SmtpDialogue, defers_everything_when_the_relay_closes) {
  Talk talk;
  talk.is_greeted();
  talk.gets(mail(1));
  talk.hears("250 ok|250 ok|354 go");
  talk.gets(mail(2));
  talk.hears("421 4.3.2 shutting down");
  EXPECT_EQ(talk.told(),
            "1 deferred 421 4.3.2 (shutting down); 2 deferred 421 4.3.2 (shutting down)");
  EXPECT_TRUE(talk.dialogue.is_over());
  EXPECT_EQ(talk.dialogue.complaint(), "421 shutting down");

  Talk other;
  other.is_greeted();
  other.gets(mail(1));
  other.hears("250 ok|250 ok|354 go");
  other.gets(mail(2));
  other.dialogue.end("the line was cut");
  EXPECT_EQ(other.told(),
            "1 deferred 0  (the line was cut) in doubt; 2 deferred 0  (the line was cut)");
}

TEST(SmtpDialogue, falls_back_to_helo) {
  Talk talk;
  talk.hears("220 relay");
  EXPECT_EQ(talk.hears("502 what"), "HELO me");
  talk.hears("250 hello");
  EXPECT_EQ(talk.gets(mail(1)), "MAIL FROM:<status@cloud.example>");
}

TEST(SmtpDialogue, gives_a_relay_nothing_it_cannot_take) {
  Talk talk;
  talk.is_greeted("PIPELINING,SIZE 30");
  const auto refusal = [&](auto change) {
    SmtpMail one = mail(1);
    change(one);
    EXPECT_EQ(talk.gets(std::move(one)), "");
    EXPECT_TRUE(talk.dialogue.wants_mail());
    return talk.told();
  };
  const auto bytes = [](std::string text) { return std::make_shared<const std::string>(text); };
  EXPECT_EQ(refusal([](SmtpMail& m) { m.recipient = "a@b>\r\nDATA"; }),
            "1 refused 0 5.1.3 (the recipient: what is behind the @ is no domain)");
  EXPECT_EQ(refusal([](SmtpMail& m) { m.sender = "a"; }), "1 refused 0 5.1.7 (the sender: no @)");
  EXPECT_EQ(refusal([](SmtpMail& m) { m.recipient = "ü@example.org"; }),
            "1 refused 0 5.6.7 (the relay takes no internationalised addresses (SMTPUTF8))");
  EXPECT_EQ(refusal([](SmtpMail& m) { m.needs_smtputf8 = true; }),
            "1 refused 0 5.6.7 (the relay takes no internationalised addresses (SMTPUTF8))");
  EXPECT_EQ(refusal([&](SmtpMail& m) { m.bytes = bytes(std::string(29, 'x') + "\r\n"); }),
            "1 refused 0 5.3.4 (the mail has 31 bytes, the relay takes 30)");
  EXPECT_EQ(refusal([&](SmtpMail& m) { m.bytes = bytes("a\n.\r\nMAIL\r\n"); }),
            "1 refused 0 5.6.0 (the mail has a bare line feed)");
  EXPECT_EQ(refusal([&](SmtpMail& m) { m.bytes = bytes("a\r.\r\nMAIL\r\n"); }),
            "1 refused 0 5.6.0 (the mail has a bare carriage return)");
  EXPECT_EQ(refusal([&](SmtpMail& m) { m.bytes = bytes("\xC3\xA9\r\n"); }),
            "1 refused 0 5.6.1 (the relay takes ASCII only, and the mail has more)");
  EXPECT_EQ(refusal([&](SmtpMail& m) { m.bytes = nullptr; }),
            "1 refused 0 5.6.0 (the mail does not end with a whole line)");
}

TEST(SmtpDialogue, spells_international_addresses_as_the_relay_knows_them) {
  Talk talk;
  talk.is_greeted("PIPELINING,SMTPUTF8,8BITMIME");
  SmtpMail one = mail(1, "a: \xC3\xA9\r\n");
  one.sender = "";
  one.recipient = "ü@bücher.example";
  EXPECT_EQ(talk.gets(std::move(one)),
            "MAIL FROM:<> BODY=8BITMIME SMTPUTF8 | RCPT TO:<ü@bücher.example> | DATA");
  talk.hears("250 ok|250 ok|354 go|250 ok");
  one = mail(2);
  one.recipient = "u@bücher.example";
  EXPECT_EQ(talk.gets(std::move(one)),
            "MAIL FROM:<status@cloud.example> | RCPT TO:<u@xn--bcher-kva.example> | DATA");
}

TEST(SmtpDialogue, starts_tls_and_forgets_what_was_said_before) {
  Talk talk({.hello = "me", .security = SmtpSecurity::required, .user = "u", .password = "p"});
  talk.hears("220 relay");
  EXPECT_EQ(talk.hears("250-relay|250-AUTH PLAIN|250 STARTTLS"), "STARTTLS");
  EXPECT_FALSE(talk.dialogue.wants_tls());
  talk.hears("220 go ahead");
  EXPECT_TRUE(talk.dialogue.wants_tls());
  EXPECT_EQ(talk.dialogue.awaits(), SmtpDialogue::Awaits::tls);
  talk.dialogue.secured();
  EXPECT_EQ(talk.says(), "EHLO me");
  EXPECT_EQ(talk.hears("250-relay|250 AUTH LOGIN XOAUTH2"), "AUTH LOGIN");
  EXPECT_EQ(talk.hears("334 VXNlcm5hbWU6"), "dQ==");
  EXPECT_EQ(talk.hears("334 UGFzc3dvcmQ6"), "cA==");
  EXPECT_FALSE(talk.dialogue.is_ready());
  talk.hears("235 welcome");
  EXPECT_TRUE(talk.dialogue.is_ready());
}

TEST(SmtpDialogue, goes_on_in_the_clear_only_when_tls_need_not_be) {
  using enum SmtpSecurity;
  const auto ends_ready = [](SmtpSecurity security, std::string_view talk_of_relay) {
    Talk talk({.hello = "me", .security = security});
    talk.hears(talk_of_relay);
    return talk.dialogue.is_ready();
  };
  EXPECT_TRUE(ends_ready(never, "220 relay|250 STARTTLS"));
  EXPECT_FALSE(ends_ready(when_offered, "220 relay|250 STARTTLS"));
  EXPECT_TRUE(ends_ready(when_offered, "220 relay|250 STARTTLS|454 not today"));
  EXPECT_TRUE(ends_ready(when_offered, "220 relay|250 HELP"));
  EXPECT_FALSE(ends_ready(required, "220 relay|250 STARTTLS|454 not today"));
  EXPECT_FALSE(ends_ready(required, "220 relay|250 HELP"));
  EXPECT_FALSE(ends_ready(required, "220 relay|502 what|250 hello"));
  EXPECT_TRUE(ends_ready(implicit, "220 relay|250 STARTTLS"));
}

TEST(SmtpDialogue, refuses_what_was_put_behind_the_agreement_to_tls) {
  Talk talk({.hello = "me", .security = SmtpSecurity::required});
  talk.hears("220 relay|250 STARTTLS");
  talk.says();
  talk.dialogue.receive("220 go\r\n250 PIPELINING\r\n");
  EXPECT_TRUE(talk.dialogue.is_over());
  EXPECT_EQ(talk.dialogue.complaint(), "the relay went on in the clear after agreeing to TLS");
}

TEST(SmtpDialogue, keeps_passwords_out_of_the_clear) {
  const auto end = [](SmtpDialogue::Options options, std::string_view extensions) {
    options.hello = "me";
    options.user = "u";
    options.password = "p";
    Talk talk(std::move(options));
    talk.hears("220 relay");
    const auto said = talk.hears(fmt::format("250-relay|250 {}", extensions));
    return talk.dialogue.is_over() ? talk.dialogue.complaint() : said;
  };
  using enum SmtpSecurity;
  const std::string kept = "a password does not travel in the clear, and the relay has no TLS";
  EXPECT_EQ(end({.security = when_offered}, "AUTH PLAIN"), kept);
  EXPECT_EQ(end({.security = never}, "AUTH PLAIN"), kept);
  EXPECT_EQ(end({.security = required}, "AUTH PLAIN"),
            "the relay does not offer STARTTLS, and TLS is required");
  EXPECT_EQ(end({.security = never, .private_way = true}, "AUTH PLAIN"), "AUTH PLAIN AHUAcA==");
  EXPECT_EQ(end({.security = implicit}, "AUTH PLAIN"), "AUTH PLAIN AHUAcA==");
  EXPECT_EQ(end({.security = implicit}, "AUTH CRAM-MD5"),
            "the relay offers neither AUTH PLAIN nor AUTH LOGIN");
}

TEST(SmtpDialogue, gives_up_a_session_that_is_not_let_in) {
  Talk talk({.hello = "me", .security = SmtpSecurity::implicit, .user = "u", .password = "p"});
  talk.hears("220 relay|250 AUTH PLAIN|535 5.7.8 wrong");
  EXPECT_EQ(talk.dialogue.complaint(), "the sign-in is answered with 535 wrong");
  // That somebody must sign in first is nothing against the mail.
  Talk other;
  other.is_greeted();
  other.gets(mail(1));
  other.hears("530 5.7.0 authentication required");
  EXPECT_EQ(other.told(), "1 deferred 530 5.7.0 (authentication required)");
  EXPECT_TRUE(other.dialogue.is_over());
}

TEST(SmtpDialogue, ends_against_relays_that_mean_harm) {
  const auto complaint = [](std::string_view bytes) {
    Talk talk;
    talk.dialogue.receive(bytes);
    EXPECT_TRUE(talk.dialogue.is_over()) << bytes.substr(0, 40);
    talk.dialogue.receive("250 too late\r\n");
    return talk.dialogue.complaint();
  };
  EXPECT_EQ(complaint("554 go away\r\n"), "the relay greets with 554 go away");
  EXPECT_EQ(complaint("SSH-2.0-x\r\n"), "not a reply of SMTP: SSH-2.0-x");
  EXPECT_EQ(complaint("220 " + std::string(3000, 'x')), "a line of more than 2048 bytes");
  EXPECT_EQ(complaint("220 x\r\n220 y\r\n"), "EHLO is answered with 220 y");
  EXPECT_EQ(complaint("220-a\r\n221 b\r\n"),
            "a reply that changes its code from 220 to 221: 221 b");
  std::string endless;
  for (int i = 0; i < 200; ++i) endless += "220-again\r\n";
  EXPECT_EQ(complaint(endless), "a reply of more than 100 lines: 220-again");
  EXPECT_EQ(complaint("220 x\r\n250 x\r\n250 x\r\n"),
            "the relay spoke without being asked with 250 x");
}

// Only the 250 that answers the final dot is a yes.
TEST(SmtpDialogue, takes_nothing_else_for_a_yes) {
  for (const std::string_view verdict : {"251 ok", "200 ok", "354 go", "220 x"}) {
    Talk talk;
    talk.is_greeted();
    talk.gets(mail(1));
    talk.hears(fmt::format("250 ok|250 ok|354 go|{}", verdict));
    EXPECT_EQ(talk.told(),
              fmt::format("1 deferred 0  (the whole mail is answered with {}) in doubt", verdict));
  }
  Talk talk;
  talk.is_greeted();
  talk.gets(mail(1));
  talk.hears("250 ok|250 ok|250 ok");
  EXPECT_EQ(talk.told(), "1 deferred 0  (DATA is answered with 250 ok)");
}

}  // namespace
}  // namespace nocturn::net
