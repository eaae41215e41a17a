#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/smtp_mail.h"
#include "net/smtp_reply.h"

namespace nocturn::net {

enum class SmtpSecurity : std::uint8_t {
  never,         // in the clear
  when_offered,  // STARTTLS where the relay offers it; whoever is on the way can prevent that
  required,      // STARTTLS or nothing
  implicit,      // TLS from the first byte
};

// The client's side of one SMTP connection (RFC 5321) as a state machine: bytes and mails in, bytes
// and outcomes out, without sockets or time. Its owner moves the bytes, drives the TLS handshake
// when it is asked to, and says when the connection has ended.
//
// Each mail that was taken is told exactly once, and accepted is told only after the 250 that
// answers its final dot. With PIPELINING (RFC 2920) an envelope goes out in one piece, and the next
// one rides behind the final dot; without, every command waits for its answer.
class SmtpDialogue {
 public:
  struct Options {
    std::string hello = "localhost";  // our name for EHLO: a host name or an address literal
    SmtpSecurity security = SmtpSecurity::required;
    std::string user = {};  // AUTH PLAIN or LOGIN; empty: none
    std::string password = {};
    bool private_way = false;  // to this machine itself: passwords may travel in the clear
    bool pipelining = true;    // where it is offered
  };
  struct Told {
    std::uint64_t id = 0;
    SmtpOutcome outcome = {};
  };
  // Whose answer is being waited for, by which deadlines differ (RFC 5321, section 4.5.3.2).
  enum class Awaits : std::uint8_t {
    nothing,
    greeting,
    hello,
    tls,
    login,
    sender,
    recipient,
    data,
    verdict,
    goodbye,
  };

  // Begins when the connection is open; with implicit TLS, when it is secured.
  explicit SmtpDialogue(Options options);

  // Bytes of the relay, in any pieces.
  void receive(std::string_view bytes);
  // The TLS handshake that wants_tls() asked for is done.
  void secured();
  // The connection is gone, or its time is over; `why` is for people. Mails under way are deferred.
  void end(std::string_view why);

  // Whether send() may be called.
  bool wants_mail() const;
  void send(SmtpMail mail);
  // Takes leave once nothing is under way; no mail is wanted any more.
  void quit();

  // What is to be written now; written() forgets it.
  std::string_view output() const { return output_; }
  void written() { output_.clear(); }
  // Outcomes since the last call.
  std::vector<Told> take_told() { return std::exchange(told_, {}); }

  bool wants_tls() const { return stage_ == Stage::handshake; }
  // Greeted and signed in.
  bool is_ready() const { return stage_ == Stage::ready; }
  // Ready, and nothing is under way.
  bool is_idle() const { return is_ready() && expected_.empty(); }
  // Nothing more will be sent or read: to be closed.
  bool is_over() const { return stage_ == Stage::over; }
  // Why it is over, for people; empty after a goodbye.
  const std::string& complaint() const { return complaint_; }
  Awaits awaits() const;
  // Replies so far: a deadline is for one reply.
  std::uint64_t replies() const { return replies_; }
  // Mails that the relay itself decided on: the relay works.
  std::uint64_t decided() const { return decided_; }

 private:
  enum class Stage : std::uint8_t { opening, handshake, ready, leaving, over };
  enum class Expect : std::uint8_t {
    greeting,
    hello,
    plain_hello,
    start_tls,
    login_plain,
    login_user,
    login_password,
    reset,
    sender,
    recipient,
    data,
    verdict,
    goodbye,
  };
  struct Transaction {
    SmtpMail mail;
    bool told = false;
  };
  struct Extensions {
    bool start_tls = false, pipelining = false, smtputf8 = false, eight_bit = false, size = false;
    bool login_plain = false, login = false;
    std::uint64_t largest = 0;  // bytes of a mail; 0: not said
  };

  void on_line(std::string_view line);
  void on_reply(const SmtpReply& reply);
  void on_opening_reply(Expect to, const SmtpReply& reply);
  void on_mail_reply(Expect to, const SmtpReply& reply);
  void on_data_reply(const SmtpReply& reply);
  void on_verdict(const SmtpReply& reply);
  void on_start_tls(const SmtpReply& reply);
  void say(std::string_view line, Expect answer);
  void say_hello();
  void after_hello();
  void log_in();
  void be_ready();
  void begin_envelope();
  void say_sender();
  void say_recipient();
  void say_data();
  void send_body();
  void fail_envelope(const SmtpReply& reply);
  void abandon_envelope();
  void leave();

  std::optional<SmtpOutcome> objection(const SmtpMail& mail);
  void tell(Transaction& transaction, SmtpOutcome outcome);
  // Ends everything: what is under way is deferred.
  void break_off(std::string_view why);
  void break_off(const SmtpReply& reply);
  void defer_all(const SmtpOutcome& outcome, bool verdict_is_open);
  void misanswered(std::string_view what, const SmtpReply& reply);

  Options options_;
  Stage stage_ = Stage::opening;
  bool secure_;
  bool quit_wanted_ = false;
  bool needs_reset_ = false;  // the relay still holds an envelope that failed
  Extensions extensions_;
  std::string unread_;
  std::string output_;
  SmtpReplyReader reader_;
  std::deque<Expect> expected_;           // answers still to come, in order
  std::optional<Transaction> envelope_;   // said, or being said; its data is not
  std::optional<Transaction> finishing_;  // whole, and without its verdict
  std::string sender_, recipient_;        // of envelope_, as they are said
  bool utf8_envelope_ = false, eight_bit_ = false;
  std::vector<Told> told_;
  std::string complaint_;
  std::uint64_t replies_ = 0, decided_ = 0;
};

}  // namespace nocturn::net
