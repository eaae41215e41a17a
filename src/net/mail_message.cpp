#include "net/mail_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/sha.h>

#include "base/text.h"
#include "net/mail_address.h"
#include "net/mail_encoding.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kMostMailboxes = 100;
constexpr std::size_t kMostReferences = 100;
constexpr std::size_t kMostHeaders = 100;
constexpr std::size_t kLongestMessageId = 250;
constexpr std::size_t kLongestPlainWord = 60;    // longer ones are encoded, so that they can be cut
constexpr std::size_t kLongestName = 1000;       // bytes of a display name
constexpr std::size_t kLongestValue = 16'384;    // bytes of a subject or an extra header
constexpr std::size_t kLongestHeaderLine = 998;  // RFC 5322, section 2.1.1

// What compose() writes itself, and Bcc, which must never be seen.
constexpr std::array<std::string_view, 10> kOurs = {
    "from",       "reply-to",    "to",         "subject",      "date",
    "message-id", "in-reply-to", "references", "mime-version", "bcc"};

Status check_line(std::string_view text, std::size_t longest) {
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "not UTF-8");
  if (std::ranges::any_of(text, [](unsigned char c) { return c == '\r' || c == '\n'; }))
    return fail(ErrorCode::invalid, "has a line break");
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    return fail(ErrorCode::invalid, "has a control character");
  if (text.size() > longest) return fail(ErrorCode::limited, "more than {} bytes", longest);
  return {};
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

// Whether folding and unfolding give the same text back and nobody sees an encoded word in it.
bool goes_as_it_is(std::string_view text) {
  if (!is_ascii(text) || text.contains("=?")) return false;
  return std::ranges::all_of(split(text, ' '), [](std::string_view word) {
    return !word.empty() && word.size() <= kLongestPlainWord;
  });
}

std::string unstructured_header(std::string_view name, std::string_view text) {
  if (text.empty()) return fmt::format("{}: \r\n", name);
  if (goes_as_it_is(text)) return folded_header(name, text);
  // A line with an encoded word has at most 76 characters (RFC 2047, section 2).
  const std::size_t taken = name.size() + 2;
  return folded_header(name, to_encoded_words(text, taken > 36 ? 40 : 76 - taken));
}

bool is_phrase_word(std::string_view word) {
  return std::ranges::all_of(word, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-/^_`{|}~").contains(c);
  });
}

std::string spell_name(std::string_view name, std::size_t room) {
  if (!goes_as_it_is(name)) return to_encoded_words(name, room);
  if (std::ranges::all_of(split(name, ' '), is_phrase_word)) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

Result<std::string> mailbox_header(std::string_view name, const std::vector<Mailbox>& mailboxes,
                                   bool& needs_smtputf8) {
  if (mailboxes.empty()) return fail(ErrorCode::invalid, "no address");
  if (mailboxes.size() > kMostMailboxes)
    return fail(ErrorCode::limited, "more than {} addresses", kMostMailboxes);
  std::string value;
  for (const Mailbox& mailbox : mailboxes) {
    TRY_STATUS(about("name", check_line(mailbox.name, kLongestName)));
    const auto address = TRY(about("address", parse_mail_address(mailbox.address)));
    needs_smtputf8 |= address.needs_smtputf8();
    if (!value.empty()) value += ", ";
    if (mailbox.name.empty()) {
      value += address.text();
    } else {
      value += fmt::format("{} <{}>", spell_name(mailbox.name, 60), address.text());
    }
  }
  return folded_header(name, value);
}

Result<std::string> spell_message_id(std::string_view id) {
  const std::size_t at = id.find('@');
  const bool printable = std::ranges::all_of(id, [](char c) {
    return c > ' ' && c <= '~' && !std::string_view("<>()\"\\,;").contains(c);
  });
  if (!printable || at == 0 || at == id.npos || at + 1 == id.size() ||
      id.find('@', at + 1) != id.npos)
    return fail(ErrorCode::invalid, "not left@right in usual characters");
  if (id.size() > kLongestMessageId)
    return fail(ErrorCode::limited, "more than {} bytes", kLongestMessageId);
  return fmt::format("<{}>", id);
}

Result<std::string> reference_header(const std::vector<std::string>& references) {
  if (references.size() > kMostReferences)
    return fail(ErrorCode::limited, "more than {} of them", kMostReferences);
  std::string value;
  for (const auto& id : references) {
    if (!value.empty()) value += ' ';
    value += TRY(spell_message_id(id));
  }
  return folded_header("References", value);
}

// RFC 5322, section 3.3.
std::string spell_date(WallTime time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format(
      "{}, {} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

Status check_header_name(std::string_view name) {
  const bool printable =
      std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
  if (name.empty() || name.size() > 60 || !printable)
    return fail(ErrorCode::invalid, "no name of a header");
  const std::string lower = lower_ascii(name);
  if (std::ranges::find(kOurs, lower) != kOurs.end() || lower.starts_with("content-"))
    return fail(ErrorCode::invalid, "this header is not for the caller to write");
  return {};
}

Result<std::string> extra_header(const Header& header) {
  TRY_STATUS(check_line(header.value, kLongestValue));
  if (!is_ascii(header.value)) return unstructured_header(header.name, header.value);
  std::string folded = folded_header(header.name, header.value);
  for (const auto line : split(folded, '\n')) {
    if (line.size() > kLongestHeaderLine + 1)
      return fail(ErrorCode::limited, "a word too long for a line of {} bytes", kLongestHeaderLine);
  }
  return folded;
}

// A boundary can be in no part: "=_" stands neither in quoted-printable nor in base64.
std::string boundary_of(std::string_view message_id) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(message_id.data()), message_id.size(),
         digest.data());
  return "=_" + to_hex(std::span(digest).first(12));
}

Result<std::string> body_part(std::string_view type, std::string_view text) {
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "not UTF-8");
  if (text.contains('\0')) return fail(ErrorCode::invalid, "has a NUL");
  std::string lines = with_crlf(text);
  if (!lines.ends_with("\r\n")) lines += "\r\n";
  const std::string quoted = to_quoted_printable(lines);
  const bool in_quoted = quoted.size() <= base64_lines_size(lines.size());
  return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}",
                     type, in_quoted ? "quoted-printable" : "base64",
                     in_quoted ? quoted : to_base64_lines(lines));
}

Result<std::string> body(const MailMessage& message) {
  if (message.text.empty() && message.html.empty())
    return about("text", Result<std::string>(fail(ErrorCode::invalid, "nothing to say")));
  if (message.html.empty()) return about("text", body_part("text/plain", message.text));
  const std::string html = TRY(about("html", body_part("text/html", message.html)));
  if (message.text.empty()) return html;
  const std::string text = TRY(about("text", body_part("text/plain", message.text)));
  const std::string boundary = boundary_of(message.message_id);
  return fmt::format(
      "Content-Type: multipart/alternative;\r\n boundary=\"{0}\"\r\n\r\n"
      "--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
      boundary, text, html);
}

}  // namespace

Result<ComposedMail> compose(const MailMessage& message) {
  ComposedMail mail;
  std::string out;
  out += TRY(about("from", mailbox_header("From", {message.from}, mail.needs_smtputf8)));
  if (message.reply_to)
    out += TRY(
        about("reply_to", mailbox_header("Reply-To", {*message.reply_to}, mail.needs_smtputf8)));
  out += TRY(about("to", mailbox_header("To", message.to, mail.needs_smtputf8)));
  TRY_STATUS(about("subject", check_line(message.subject, kLongestValue)));
  out += unstructured_header("Subject", message.subject);
  out += fmt::format("Date: {}\r\n", spell_date(message.date));
  out +=
      folded_header("Message-ID", TRY(about("message_id", spell_message_id(message.message_id))));
  if (!message.in_reply_to.empty())
    out += folded_header("In-Reply-To",
                         TRY(about("in_reply_to", spell_message_id(message.in_reply_to))));
  if (!message.references.empty())
    out += TRY(about("references", reference_header(message.references)));
  if (message.headers.size() > kMostHeaders)
    return about("headers", Result<ComposedMail>(
                                fail(ErrorCode::limited, "more than {} of them", kMostHeaders)));
  for (const Header& header : message.headers) {
    TRY_STATUS(about("headers", check_header_name(header.name)));
    out += TRY(about(header.name, extra_header(header)));
  }
  out += "MIME-Version: 1.0\r\n";
  out += TRY(body(message));
  mail.bytes = std::make_shared<const std::string>(std::move(out));
  return mail;
}

}  // namespace nocturn::net
