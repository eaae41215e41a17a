#include "net/smtp_dialogue.h"

#include <charconv>
#include <utility>

#include "base/text.h"

namespace nocturn::net {
namespace {

bool says_word(std::string_view words, std::string_view wanted) {
  for (const auto word : split(words, ' ')) {
    if (lower_ascii(word) == lower_ascii(wanted)) return true;
  }
  return false;
}

std::string base64(std::string_view text) { return to_base64(as_bytes(text)); }

}  // namespace

SmtpDialogue::SmtpDialogue(Options options)
    : options_(std::move(options)), secure_(options_.security == SmtpSecurity::implicit) {
  expected_.push_back(Expect::greeting);
}

void SmtpDialogue::receive(std::string_view bytes) {
  if (is_over()) return;
  unread_ += bytes;
  std::size_t begin = 0;
  while (stage_ != Stage::over && stage_ != Stage::handshake) {
    const std::size_t end = unread_.find('\n', begin);
    const std::size_t size = (end == unread_.npos ? unread_.size() : end) - begin;
    if (size > kLongestSmtpReplyLine)
      return break_off(fmt::format("a line of more than {} bytes", kLongestSmtpReplyLine));
    if (end == unread_.npos) break;
    std::string_view line(unread_.data() + begin, size);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = end + 1;
    on_line(line);
  }
  unread_.erase(0, begin);
  // What came in the clear behind the agreement to TLS was not said by whom TLS will show
  // (CVE-2011-0411): it must not be taken for what is said under TLS.
  if (stage_ == Stage::handshake && !unread_.empty())
    break_off("the relay went on in the clear after agreeing to TLS");
}

void SmtpDialogue::on_line(std::string_view line) {
  const auto reply = reader_.take(line);
  if (!reply) {
    return break_off(
        fmt::format("{}: {}", reply.error().message, readable_line(line.substr(0, 80))));
  }
  if (*reply) on_reply(**reply);
}

void SmtpDialogue::on_reply(const SmtpReply& reply) {
  ++replies_;
  // RFC 5321, section 3.8: the relay closes, whatever was asked.
  if (reply.code == 421 && stage_ != Stage::leaving) return break_off(reply);
  if (expected_.empty()) return misanswered("the relay spoke without being asked", reply);
  const Expect to = expected_.front();
  expected_.pop_front();
  switch (to) {
    case Expect::reset:
    case Expect::sender:
    case Expect::recipient:
    case Expect::data:
    case Expect::verdict: on_mail_reply(to, reply); break;
    case Expect::goodbye: stage_ = Stage::over; return;
    default: on_opening_reply(to, reply); break;
  }
  if (quit_wanted_ && is_idle()) leave();
}

void SmtpDialogue::on_opening_reply(Expect to, const SmtpReply& reply) {
  switch (to) {
    case Expect::greeting:
      if (reply.code != 220) return misanswered("the relay greets", reply);
      return say_hello();
    case Expect::hello:
      // RFC 5321, section 3.2: an old server knows HELO only.
      if (reply.code / 100 == 5) return say("HELO " + options_.hello, Expect::plain_hello);
      if (reply.code != 250) return misanswered("EHLO is answered", reply);
      extensions_ = {.start_tls = reply.offers("STARTTLS"),
                     .pipelining = options_.pipelining && reply.offers("PIPELINING"),
                     .smtputf8 = reply.offers("SMTPUTF8"),
                     .eight_bit = reply.offers("8BITMIME"),
                     .size = reply.offers("SIZE"),
                     .login_plain = says_word(reply.parameters("AUTH"), "PLAIN"),
                     .login = says_word(reply.parameters("AUTH"), "LOGIN")};
      if (const auto largest = reply.parameters("SIZE"); !largest.empty())
        std::from_chars(largest.data(), largest.data() + largest.size(), extensions_.largest);
      return after_hello();
    case Expect::plain_hello:
      if (reply.code != 250) return misanswered("HELO is answered", reply);
      extensions_ = {};
      return after_hello();
    case Expect::start_tls: return on_start_tls(reply);
    case Expect::login_user:
      if (reply.code != 334) return misanswered("AUTH LOGIN is answered", reply);
      return say(base64(options_.user), Expect::login_password);
    case Expect::login_password:
      // The second question of LOGIN comes as 334, like the first.
      if (reply.code == 334) return say(base64(options_.password), Expect::login_plain);
      return misanswered("the user's name is answered", reply);
    case Expect::login_plain:
      if (reply.code != 235) return misanswered("the sign-in is answered", reply);
      return be_ready();
    default: return;
  }
}

void SmtpDialogue::say(std::string_view line, Expect answer) {
  output_ += line;
  output_ += "\r\n";
  expected_.push_back(answer);
}

void SmtpDialogue::say_hello() { say("EHLO " + options_.hello, Expect::hello); }

void SmtpDialogue::after_hello() {
  const bool wanted = options_.security == SmtpSecurity::required ||
                      options_.security == SmtpSecurity::when_offered;
  if (secure_ || !wanted) return log_in();
  if (extensions_.start_tls) return say("STARTTLS", Expect::start_tls);
  if (options_.security == SmtpSecurity::required)
    return break_off("the relay does not offer STARTTLS, and TLS is required");
  log_in();
}

void SmtpDialogue::on_start_tls(const SmtpReply& reply) {
  if (reply.code == 220) {
    stage_ = Stage::handshake;
    return;
  }
  if (options_.security == SmtpSecurity::required)
    return misanswered("STARTTLS is answered", reply);
  log_in();
}

void SmtpDialogue::secured() {
  if (stage_ != Stage::handshake) return;
  stage_ = Stage::opening;
  secure_ = true;
  extensions_ = {};  // what was said in the clear is forgotten (RFC 3207, section 4.2)
  say_hello();
}

void SmtpDialogue::log_in() {
  if (options_.user.empty()) return be_ready();
  if (!secure_ && !options_.private_way)
    return break_off("a password does not travel in the clear, and the relay has no TLS");
  if (extensions_.login_plain) {
    // RFC 4616: nobody, NUL, user, NUL, password.
    const std::string secret =
        std::string(1, '\0') + options_.user + std::string(1, '\0') + options_.password;
    return say("AUTH PLAIN " + base64(secret), Expect::login_plain);
  }
  if (extensions_.login) return say("AUTH LOGIN", Expect::login_user);
  break_off("the relay offers neither AUTH PLAIN nor AUTH LOGIN");
}

void SmtpDialogue::be_ready() { stage_ = Stage::ready; }

void SmtpDialogue::quit() {
  quit_wanted_ = true;
  if (is_idle()) leave();
}

void SmtpDialogue::leave() {
  stage_ = Stage::leaving;
  say("QUIT", Expect::goodbye);
}

void SmtpDialogue::end(std::string_view why) {
  if (stage_ == Stage::over) return;
  if (stage_ == Stage::leaving) {
    stage_ = Stage::over;  // not every server says 221 first
    return;
  }
  break_off(why);
}

SmtpDialogue::Awaits SmtpDialogue::awaits() const {
  if (stage_ == Stage::handshake) return Awaits::tls;
  if (expected_.empty()) return Awaits::nothing;
  switch (expected_.front()) {
    case Expect::greeting: return Awaits::greeting;
    case Expect::hello:
    case Expect::plain_hello:
    case Expect::start_tls: return Awaits::hello;
    case Expect::login_plain:
    case Expect::login_user:
    case Expect::login_password: return Awaits::login;
    case Expect::reset:
    case Expect::sender: return Awaits::sender;
    case Expect::recipient: return Awaits::recipient;
    case Expect::data: return Awaits::data;
    case Expect::verdict: return Awaits::verdict;
    case Expect::goodbye: return Awaits::goodbye;
  }
  return Awaits::nothing;
}

}  // namespace nocturn::net
