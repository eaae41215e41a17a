#include "net/mail_message.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "net/mail_address.h"
#include "net/mail_encoding.h"

namespace nocturn::net {
namespace {

constexpr const char* kHebrew = "תקלה בקטלוג";

MailMessage sample() {
  return {.from = {"Example Library Cloud", "status@cloud.example.org"},
          .reply_to = {},
          .to = {{"Ruth Cohen", "ruth@library.example"}},
          .subject = "Catalog EU01: service interruption",
          .text = "Hello,\n\nCatalog EU01 does not answer.\n",
          .html = "<p>Catalog EU01 does not answer.</p>\n",
          .date = WallTime{std::chrono::seconds(1795363200)},
          .message_id = "event-17.5@cloud.example.org",
          .in_reply_to = {},
          .references = {},
          .headers = {{"Auto-Submitted", "auto-generated"}}};
}

std::string bytes_of(const MailMessage& message) {
  const auto mail = compose(message);
  EXPECT_TRUE(mail) << mail.error().text();
  return mail ? *mail->bytes : std::string();
}

// The value of a header, unfolded.
std::string header_of(const std::string& bytes, const std::string& name) {
  const std::size_t at = ("\r\n" + bytes).find("\r\n" + name + ":");
  if (at == std::string::npos) return "(none)";
  std::string value = bytes.substr(at + name.size() + 1);
  std::size_t end = value.find("\r\n");
  while (end != value.npos && end + 2 < value.size() && value[end + 2] == ' ') {
    value.erase(end, 2);
    end = value.find("\r\n");
  }
  return std::string(trim(value.substr(0, end)));
}

TEST(Compose, writes_a_message_of_two_parts) {
  EXPECT_EQ(bytes_of(sample()),
            "From: Example Library Cloud <status@cloud.example.org>\r\n"
            "To: Ruth Cohen <ruth@library.example>\r\n"
            "Subject: Catalog EU01: service interruption\r\n"
            "Date: Sun, 22 Nov 2026 16:00:00 +0000\r\n"
            "Message-ID: <event-17.5@cloud.example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative;\r\n"
            " boundary=\"=_a640dcca8a86c989473e9d75\"\r\n"
            "\r\n"
            "--=_a640dcca8a86c989473e9d75\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello,\r\n"
            "\r\n"
            "Catalog EU01 does not answer.\r\n"
            "\r\n"
            "--=_a640dcca8a86c989473e9d75\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "<p>Catalog EU01 does not answer.</p>\r\n"
            "\r\n"
            "--=_a640dcca8a86c989473e9d75--\r\n");
}

TEST(Compose, writes_one_part_when_there_is_one) {
  MailMessage message = sample();
  message.html.clear();
  const std::string text = bytes_of(message);
  EXPECT_EQ(header_of(text, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(text.ends_with("\r\n\r\nHello,\r\n\r\nCatalog EU01 does not answer.\r\n"));
  std::swap(message.html, message.text);
  EXPECT_EQ(header_of(bytes_of(message), "Content-Type"), "text/html; charset=utf-8");
  message.html.clear();
  EXPECT_EQ(compose(message).error().text(), "text: nothing to say");
}

TEST(Compose, spells_hebrew_as_encoded_words_and_base64) {
  MailMessage message = sample();
  message.subject = kHebrew;
  message.to = {{"רות כהן", "ruth@library.example"}};
  message.text = std::string(kHebrew) + "\n";
  const std::string bytes = bytes_of(message);
  EXPECT_EQ(header_of(bytes, "Subject"), "=?UTF-8?B?16rXp9ec15Qg15HXp9eY15zXldeS?=");
  EXPECT_EQ(header_of(bytes, "To"), "=?UTF-8?B?16jXldeqINeb15TXnw==?= <ruth@library.example>");
  EXPECT_TRUE(bytes.contains("Content-Transfer-Encoding: base64\r\n\r\n" +
                             to_base64(as_bytes(std::string(kHebrew) + "\r\n"))));
  EXPECT_FALSE(compose(message)->needs_smtputf8);
}

TEST(Compose, names_the_field_that_would_break_out_of_its_line) {
  const auto refused = [](auto change) {
    MailMessage message = sample();
    change(message);
    const auto mail = compose(message);
    return mail ? std::string("composed") : mail.error().text();
  };
  using M = MailMessage;
  EXPECT_EQ(refused([](M& m) { m.subject = "a\r\nBcc: all@example.org"; }),
            "subject: has a line break");
  EXPECT_EQ(refused([](M& m) { m.subject = "a\nb"; }), "subject: has a line break");
  EXPECT_EQ(refused([](M& m) { m.subject = std::string("a\0b", 3); }),
            "subject: has a control character");
  EXPECT_EQ(refused([](M& m) { m.subject = "a\xFF"; }), "subject: not UTF-8");
  EXPECT_EQ(refused([](M& m) { m.from.name = "a\rb"; }), "from: name: has a line break");
  EXPECT_EQ(refused([](M& m) { m.from.address = "nobody"; }), "from: address: no @");
  EXPECT_EQ(refused([](M& m) { m.reply_to = {"", "a@b>\r\nX: y"}; }),
            "reply_to: address: what is behind the @ is no domain");
  EXPECT_EQ(refused([](M& m) { m.to[0].address = "a>,<b@example.org"; }),
            "to: address: a character before the @ that addresses do not have");
  EXPECT_EQ(refused([](M& m) { m.to.clear(); }), "to: no address");
  EXPECT_EQ(refused([](M& m) { m.message_id = "a@b>\r\nX: <c@d"; }),
            "message_id: not left@right in usual characters");
  EXPECT_EQ(refused([](M& m) { m.in_reply_to = "ab"; }),
            "in_reply_to: not left@right in usual characters");
  EXPECT_EQ(refused([](M& m) { m.references = {"a@b", "a b@c"}; }),
            "references: not left@right in usual characters");
  EXPECT_EQ(refused([](M& m) { m.headers = {{"List-Id", "a\nb"}}; }), "List-Id: has a line break");
  EXPECT_EQ(refused([](M& m) { m.headers = {{"List-Id: x\r\nY", "a"}}; }),
            "headers: no name of a header");
  for (const char* name : {"From", "BCC", "Content-Type", "mime-version"}) {
    EXPECT_EQ(refused([&](M& m) { m.headers = {{name, "a"}}; }),
              "headers: this header is not for the caller to write");
  }
  EXPECT_EQ(refused([](M& m) { m.headers = {{"List-Unsubscribe", std::string(998, 'x')}}; }),
            "List-Unsubscribe: a word too long for a line of 998 bytes");
  EXPECT_EQ(refused([](M& m) { m.text = std::string("a\0b", 3); }), "text: has a NUL");
  EXPECT_EQ(refused([](M& m) { m.html = "\xC0\x80"; }), "html: not UTF-8");
}

TEST(Compose, needs_smtputf8_only_for_a_local_part_beyond_ascii) {
  MailMessage message = sample();
  message.to = {{"", "ruth@ספרייה.example"}};
  auto mail = compose(message);
  ASSERT_TRUE(mail) << mail.error().text();
  EXPECT_FALSE(mail->needs_smtputf8);
  EXPECT_EQ(header_of(*mail->bytes, "To"), "ruth@xn--8dbja4apy.example");
  message.to = {{"", "רות@ספרייה.example"}};
  mail = compose(message);
  ASSERT_TRUE(mail) << mail.error().text();
  EXPECT_TRUE(mail->needs_smtputf8);
  EXPECT_EQ(header_of(*mail->bytes, "To"), "רות@ספרייה.example");
}

TEST(Compose, leaves_unsubscribe_links_whole) {
  MailMessage message = sample();
  const std::string link = "<https://status.example.org/s/" + std::string(120, 'x') + ">";
  message.headers = {{"List-Unsubscribe", link + ", <mailto:leave@example.org?subject=x>"},
                     {"X-Place", "חיפה"}};
  message.in_reply_to = "first@cloud.example.org";
  message.references = {"first@cloud.example.org", "second@cloud.example.org",
                        "third@cloud.example.org"};
  const std::string bytes = bytes_of(message);
  EXPECT_TRUE(bytes.contains("List-Unsubscribe: " + link +
                             ",\r\n <mailto:leave@example.org?subject=x>\r\n"));
  EXPECT_EQ(header_of(bytes, "X-Place"), "=?UTF-8?B?15fXmdek15Q=?=");
  EXPECT_EQ(header_of(bytes, "In-Reply-To"), "<first@cloud.example.org>");
  EXPECT_EQ(header_of(bytes, "References"),
            "<first@cloud.example.org> <second@cloud.example.org> <third@cloud.example.org>");
}

TEST(Compose, quotes_names_that_are_no_words) {
  MailMessage message = sample();
  const auto from = [&](std::string name) {
    message.from.name = std::move(name);
    return header_of(bytes_of(message), "From");
  };
  EXPECT_EQ(from("Cohen, R."), "\"Cohen, R.\" <status@cloud.example.org>");
  EXPECT_EQ(from("a \"b\" \\"), "\"a \\\"b\\\" \\\\\" <status@cloud.example.org>");
  EXPECT_EQ(from("=?UTF-8?Q?x?="), "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?= <status@cloud.example.org>");
  EXPECT_EQ(from(" two  blanks"), "=?UTF-8?Q?_two__blanks?= <status@cloud.example.org>");
  EXPECT_EQ(from(""), "status@cloud.example.org");
}

// Whatever the fields are: the same bytes each time, lines that any server takes, ASCII alone, and
// as many headers as were asked for.
TEST(Compose, keeps_its_form_for_any_fields) {
  const auto any = rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::element<char>('a', 'b', ' ', '=', '?', '"', '.', '\t', '\n', '\r'),
                     rc::gen::inRange<char>(' ', '~')));
  const auto line = rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::element<char>('a', ' ', '=', '?', '"', '.'), rc::gen::inRange<char>(' ', '~')));
  EXPECT_TRUE(rc::check([&] {
    MailMessage message = sample();
    message.subject = *rc::gen::weightedOneOf<std::string>({{9, line}, {1, any}});
    message.text = *any + "." + std::string(*rc::gen::inRange(0, 1500), '.');
    message.html = *any + kHebrew;
    message.to[0].name = *line;
    message.headers[0].value = *line;
    const auto mail = compose(message);
    const bool fits = message.subject.find_first_of("\r\n\t") == std::string::npos;
    RC_ASSERT(mail.has_value() == fits);
    if (!fits) return;
    RC_ASSERT(*mail->bytes == *compose(message)->bytes);
    const std::string& bytes = *mail->bytes;
    RC_ASSERT(bytes.ends_with("\r\n"));
    const std::size_t head_size = bytes.find("\r\n\r\n");
    int headers = 0;
    std::size_t at = 0;
    for (const auto line : split(bytes, '\n')) {
      RC_ASSERT(line.empty() || line.ends_with('\r'));
      RC_ASSERT(line.size() <= 79u);
      RC_ASSERT(std::ranges::all_of(line, [](char c) { return c >= 0; }));
      if (at < head_size && !line.starts_with(' ')) ++headers;
      at += line.size() + 1;
    }
    RC_ASSERT(headers == 8);
  }));
}

TEST(QuotedPrintable, keeps_lines_short_and_blanks_at_their_ends) {
  EXPECT_EQ(to_quoted_printable("a=b \r\n\tc\t\r\n"), "a=3Db=20\r\n\tc=09\r\n");
  EXPECT_EQ(to_quoted_printable(std::string(80, 'x')),
            std::string(75, 'x') + "=\r\n" + std::string(5, 'x'));
  EXPECT_EQ(to_quoted_printable(std::string(76, 'x')), std::string(76, 'x'));
  EXPECT_EQ(with_crlf("a\rb\nc\r\nd"), "a\r\nb\r\nc\r\nd");
  EXPECT_EQ(with_crlf("\r\r\n\n\r"), "\r\n\r\n\r\n\r\n");
}

TEST(Base64Lines, are_as_long_as_was_said) {
  for (const std::size_t size : {0u, 1u, 2u, 3u, 56u, 57u, 58u, 114u, 1000u})
    EXPECT_EQ(to_base64_lines(std::string(size, 'x')).size(), base64_lines_size(size)) << size;
}

TEST(EncodedWords, cut_between_characters) {
  std::string hebrew;
  for (int i = 0; i < 100; ++i) hebrew += "א";
  const std::string words = to_encoded_words(hebrew, 50);
  std::string back;
  for (const auto word : split(words, ' ')) {
    EXPECT_LE(word.size(), 75u);
    ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
    const auto part = from_base64(word.substr(10, word.size() - 12));
    ASSERT_TRUE(part);
    EXPECT_TRUE(is_utf8(as_text(*part)));
    back += as_text(*part);
  }
  EXPECT_EQ(back, hebrew);
  EXPECT_LE(words.find(' '), 50u);
}

TEST(MailAddress, takes_what_can_be_said_to_a_server) {
  const auto spelt = [](std::string_view text) {
    const auto address = parse_mail_address(text);
    return address ? address->text() : address.error().message;
  };
  EXPECT_EQ(spelt("ruth+x@library.example"), "ruth+x@library.example");
  EXPECT_EQ(spelt("a..b.@example.org"), "\"a..b.\"@example.org");
  EXPECT_EQ(spelt("\"a b@c\"@example.org"), "\"a b@c\"@example.org");
  EXPECT_EQ(spelt("a@[127.0.0.1]"), "a@[127.0.0.1]");
  EXPECT_EQ(spelt("a@[IPv6:::1]"), "a@[IPv6:::1]");
  EXPECT_EQ(spelt("a@Bücher.example"), "a@xn--bcher-kva.example");
  EXPECT_EQ(spelt("ü@Bücher.example"), "ü@Bücher.example");
  EXPECT_EQ(spelt(std::string(64, 'a') + "@example.org"), std::string(64, 'a') + "@example.org");
  for (const std::string& hostile : {std::string("a"),
                                     std::string("@b"),
                                     std::string("a@"),
                                     std::string("a b@c"),
                                     std::string("a@b c"),
                                     std::string("a@b>"),
                                     std::string("<a@b"),
                                     std::string("a@b\r\nDATA"),
                                     std::string("a\r\n@b"),
                                     std::string("\"a\"b\"@c"),
                                     std::string("\"a\\\"@c"),
                                     std::string("a@.b"),
                                     std::string("a@b..c"),
                                     std::string("a@-b"),
                                     std::string("a\0@b", 4),
                                     std::string("a@b\0", 4),
                                     std::string("a@[1]>"),
                                     std::string("ü\xC2\x85@b"),
                                     std::string("ü@b\xE2\x80\xAE"),
                                     std::string("ü@b>"),
                                     std::string("a\xFF@b"),
                                     std::string(65, 'a') + "@b",
                                     "a@" + std::string(64, 'b'),
                                     "a@" + std::string(260, 'b')}) {
    EXPECT_FALSE(parse_mail_address(hostile)) << hostile;
  }
}

}  // namespace
}  // namespace nocturn::net
