#include <cstring>
#include <utility>

#include "net/mail_address.h"
#include "net/smtp_dialogue.h"

// The part of the dialogue that moves mails: envelopes, data, verdicts.
namespace nocturn::net {
namespace {

using Kind = SmtpOutcome::Kind;

constexpr std::size_t kLongestMailLine = 998;  // RFC 5321, section 4.5.3.1.6, less CRLF

// What is wrong with a mail's bytes, or nothing. A bare CR or LF is not only wrong: servers
// disagree on what it means, so that one mail could be taken for two ("SMTP smuggling").
std::string_view fault_of_lines(std::string_view bytes) {
  if (!bytes.ends_with("\r\n")) return "the mail does not end with a whole line";
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == 0 || bytes[end - 1] != '\r') return "the mail has a bare line feed";
    const auto line = bytes.substr(0, end - 1);
    if (line.contains('\r')) return "the mail has a bare carriage return";
    if (line.size() > kLongestMailLine) return "the mail has a line of more than 998 bytes";
    bytes.remove_prefix(end + 1);
  }
  return {};
}

bool has_eight_bit(std::string_view bytes) {
  std::uint64_t seen = 0, eight = 0;
  for (; bytes.size() >= sizeof eight; bytes.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, bytes.data(), sizeof eight);
    seen |= eight;
  }
  for (const char c : bytes) seen |= static_cast<unsigned char>(c);
  return (seen & 0x8080808080808080) != 0;
}

// RFC 5321, section 4.5.2: a line that begins with a dot gets one more.
void append_stuffed(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + bytes.size() + 64);
  if (bytes.starts_with('.')) out += '.';
  for (std::size_t at; (at = bytes.find("\n.")) != bytes.npos; bytes.remove_prefix(at + 1)) {
    out += bytes.substr(0, at + 1);
    out += '.';
  }
  out += bytes;
}

SmtpOutcome outcome_of(const SmtpReply& reply) {
  return {.kind = reply.code / 100 == 5 ? Kind::refused : Kind::deferred,
          .code = reply.code,
          .enhanced = std::string(reply.enhanced()),
          .text = reply.text()};
}

SmtpOutcome our_refusal(std::string enhanced, std::string text) {
  return {.kind = Kind::refused,
          .code = 0,
          .enhanced = std::move(enhanced),
          .text = readable_line(text)};
}

// "Sign in first" and "not without TLS" (RFC 4954, section 6) say nothing about the mail.
bool is_about_the_session(const SmtpReply& reply) { return reply.code == 530 || reply.code == 538; }

bool is_refusal(const SmtpReply& reply) { return reply.code / 100 >= 4; }

}  // namespace

bool SmtpDialogue::wants_mail() const {
  return is_ready() && !quit_wanted_ && !envelope_ && (extensions_.pipelining || expected_.empty());
}

void SmtpDialogue::send(SmtpMail mail) {
  CHECK(wants_mail());
  Transaction transaction{.mail = std::move(mail)};
  if (auto refusal = objection(transaction.mail)) return tell(transaction, *std::move(refusal));
  envelope_ = std::move(transaction);
  begin_envelope();
}

// Sets what the envelope will say, or answers why this relay cannot be given the mail.
std::optional<SmtpOutcome> SmtpDialogue::objection(const SmtpMail& mail) {
  utf8_envelope_ = mail.needs_smtputf8;
  sender_.clear();
  if (!mail.sender.empty()) {
    const auto sender = parse_mail_address(mail.sender);
    if (!sender) return our_refusal("5.1.7", "the sender: " + sender.error().message);
    utf8_envelope_ |= sender->needs_smtputf8();
    sender_ = sender->text();
  }
  const auto recipient = parse_mail_address(mail.recipient);
  if (!recipient) return our_refusal("5.1.3", "the recipient: " + recipient.error().message);
  utf8_envelope_ |= recipient->needs_smtputf8();
  recipient_ = recipient->text();
  if (utf8_envelope_ && !extensions_.smtputf8)
    return our_refusal("5.6.7", "the relay takes no internationalised addresses (SMTPUTF8)");
  const std::string_view bytes = mail.bytes ? std::string_view(*mail.bytes) : std::string_view();
  if (const auto fault = fault_of_lines(bytes); !fault.empty())
    return our_refusal("5.6.0", std::string(fault));
  eight_bit_ = has_eight_bit(bytes);
  if (eight_bit_ && !extensions_.eight_bit)
    return our_refusal("5.6.1", "the relay takes ASCII only, and the mail has more");
  if (extensions_.largest != 0 && bytes.size() > extensions_.largest) {
    return our_refusal("5.3.4", fmt::format("the mail has {} bytes, the relay takes {}",
                                            bytes.size(), extensions_.largest));
  }
  return std::nullopt;
}

void SmtpDialogue::begin_envelope() {
  if (needs_reset_) {
    needs_reset_ = false;
    say("RSET", Expect::reset);
    if (!extensions_.pipelining) return;
  }
  say_sender();
  if (!extensions_.pipelining) return;
  say_recipient();
  say_data();
}

void SmtpDialogue::say_sender() {
  std::string line = fmt::format("MAIL FROM:<{}>", sender_);
  if (extensions_.size) line += fmt::format(" SIZE={}", envelope_->mail.bytes->size());
  if (eight_bit_) line += " BODY=8BITMIME";
  if (utf8_envelope_) line += " SMTPUTF8";
  say(line, Expect::sender);
}

void SmtpDialogue::say_recipient() {
  say(fmt::format("RCPT TO:<{}>", recipient_), Expect::recipient);
}

void SmtpDialogue::say_data() { say("DATA", Expect::data); }

void SmtpDialogue::on_mail_reply(Expect to, const SmtpReply& reply) {
  const bool in_steps = !extensions_.pipelining;
  switch (to) {
    case Expect::reset:
      if (reply.code != 250) return misanswered("RSET is answered", reply);
      if (in_steps) say_sender();
      return;
    case Expect::sender:
      if (is_refusal(reply)) return fail_envelope(reply);
      if (reply.code != 250) return misanswered("MAIL is answered", reply);
      if (in_steps) say_recipient();
      return;
    case Expect::recipient:
      if (envelope_->told) return;  // follows from the refusal of MAIL
      if (is_refusal(reply)) return fail_envelope(reply);
      // RFC 5321, section 3.4: 251 forwards, 252 does not know yet.
      if (reply.code / 100 != 2) return misanswered("RCPT is answered", reply);
      if (in_steps) say_data();
      return;
    case Expect::data: return on_data_reply(reply);
    case Expect::verdict: return on_verdict(reply);
    default: return;
  }
}

void SmtpDialogue::on_data_reply(const SmtpReply& reply) {
  if (reply.code == 354) return send_body();
  if (!is_refusal(reply)) return misanswered("DATA is answered", reply);
  if (!envelope_->told) fail_envelope(reply);
  if (stage_ != Stage::over) abandon_envelope();
}

void SmtpDialogue::send_body() {
  // An envelope that failed and yet got its 354 is ended by a dot alone (RFC 2920, section 3.1).
  if (envelope_->told) {
    needs_reset_ = false;
  } else {
    append_stuffed(output_, *envelope_->mail.bytes);
  }
  finishing_ = std::exchange(envelope_, std::nullopt);
  say(".", Expect::verdict);
}

void SmtpDialogue::on_verdict(const SmtpReply& reply) {
  Transaction transaction = *std::exchange(finishing_, std::nullopt);
  if (transaction.told) return;
  if (reply.code != 250 && !is_refusal(reply)) {
    finishing_ = std::move(transaction);
    return misanswered("the whole mail is answered", reply);
  }
  ++decided_;
  auto outcome = outcome_of(reply);
  if (reply.code == 250) outcome.kind = Kind::accepted;
  tell(transaction, std::move(outcome));
}

// MAIL, RCPT or DATA was refused: the mail's outcome stands, whatever else is answered.
void SmtpDialogue::fail_envelope(const SmtpReply& reply) {
  if (is_about_the_session(reply)) return break_off(reply);
  ++decided_;
  tell(*envelope_, outcome_of(reply));
  needs_reset_ = true;
  if (!extensions_.pipelining) abandon_envelope();
}

void SmtpDialogue::abandon_envelope() { envelope_.reset(); }

void SmtpDialogue::tell(Transaction& transaction, SmtpOutcome outcome) {
  CHECK(!transaction.told);
  transaction.told = true;
  told_.push_back({transaction.mail.id, std::move(outcome)});
}

void SmtpDialogue::defer_all(const SmtpOutcome& outcome, bool verdict_is_open) {
  if (finishing_ && !finishing_->told) {
    tell(*finishing_, outcome);
    told_.back().outcome.in_doubt = verdict_is_open;
  }
  if (envelope_ && !envelope_->told) tell(*envelope_, outcome);
  finishing_.reset();
  envelope_.reset();
}

void SmtpDialogue::break_off(std::string_view why) {
  stage_ = Stage::over;
  complaint_ = readable_line(why);
  defer_all({.kind = Kind::deferred, .text = complaint_}, true);
  expected_.clear();
  output_.clear();
}

void SmtpDialogue::break_off(const SmtpReply& reply) {
  stage_ = Stage::over;
  complaint_ = readable_line(fmt::format("{} {}", reply.code, reply.text()));
  auto outcome = outcome_of(reply);
  outcome.kind = Kind::deferred;
  // A reply that means the end stands for the next answer, and that one is no 250.
  defer_all(outcome, false);
  expected_.clear();
  output_.clear();
}

void SmtpDialogue::misanswered(std::string_view what, const SmtpReply& reply) {
  break_off(fmt::format("{} with {} {}", what, reply.code, reply.text()));
}

}  // namespace nocturn::net
