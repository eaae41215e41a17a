#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "net/smtp_mail.h"

// A relay for tests that answers as it is told to: replies for bytes, without a socket.
namespace nocturn::net::test {

// What the relay answers to each step of one mail.
struct Plan {
  int sender = 250, recipient = 250, data = 354, verdict = 250;
};

inline std::string reply_line(int code) {
  return fmt::format("{} {}.7.1 said so\r\n", code, code / 100);
}

// What a client that waits for each answer would have to say of the mail; nothing after it.
inline SmtpOutcome outcome_of(const Plan& plan) {
  for (const int code :
       {plan.sender, plan.recipient, plan.data == 354 ? 250 : plan.data, plan.verdict}) {
    if (code < 400) continue;
    return {.kind = code >= 500 ? SmtpOutcome::Kind::refused : SmtpOutcome::Kind::deferred,
            .code = code,
            .enhanced = fmt::format("{}.7.1", code / 100),
            .text = "said so"};
  }
  return {.kind = SmtpOutcome::Kind::accepted, .code = 250, .enhanced = "2.7.1", .text = "said so"};
}

class ScriptedRelay {
 public:
  ScriptedRelay(bool pipelining, std::vector<Plan> plans)
      : pipelining_(pipelining), plans_(std::move(plans)) {}

  static std::string greeting() { return "220 relay.example ESMTP\r\n"; }

  // The replies to what the client wrote at once.
  std::string receive(std::string_view bytes) {
    std::string replies;
    int commands = 0;
    unread_ += bytes;
    for (std::size_t end; (end = unread_.find("\r\n")) != unread_.npos && !closed_;) {
      const std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 2);
      if (in_data_) {
        on_data_line(line, replies);
        continue;
      }
      ++commands;
      on_command(line, replies);
    }
    spoke_out_of_turn_ |= !pipelining_ && commands > 1;
    said_ += replies.size();
    return replies;
  }

  // Where, in all it said after the greeting, the reply ends that decides on each mail.
  const std::vector<std::size_t>& decided_at() const { return decided_at_; }
  // The whole mails that came, dots removed, in order.
  const std::vector<std::string>& bodies() const { return bodies_; }
  // Mails whose final dot came.
  const std::vector<bool>& complete() const { return complete_; }
  bool spoke_out_of_turn() const { return spoke_out_of_turn_; }
  bool broke_the_order() const { return broke_the_order_; }

 private:
  const Plan& plan() const { return plans_.at(decided_at_.size() - 1); }

  void answer(int code, std::string& replies) {
    replies += reply_line(code);
    closed_ = code == 421;
    if (!decided_at_.empty() && decided_at_.back() == 0 && (code >= 400 || in_verdict_))
      decided_at_.back() = said_ + replies.size();
  }

  void on_command(const std::string& line, std::string& replies) {
    if (line.starts_with("EHLO ")) {
      replies += pipelining_ ? "250-relay.example\r\n250-PIPELINING\r\n250 SIZE 100000\r\n"
                             : "250-relay.example\r\n250 SIZE 100000\r\n";
    } else if (line.starts_with("MAIL FROM:<")) {
      broke_the_order_ |= has_sender_;
      decided_at_.push_back(0);
      complete_.push_back(false);
      has_sender_ = plan().sender == 250;
      has_recipient_ = false;
      answer(plan().sender, replies);
    } else if (line.starts_with("RCPT TO:<")) {
      has_recipient_ = has_sender_ && plan().recipient == 250;
      answer(has_sender_ ? plan().recipient : 503, replies);
    } else if (line == "DATA") {
      in_data_ = has_recipient_ && plan().data == 354;
      answer(has_recipient_ ? plan().data : 503, replies);
    } else if (line == "RSET") {
      has_sender_ = false;
      replies += "250 2.0.0 reset\r\n";
    } else if (line == "QUIT") {
      replies += "221 2.0.0 bye\r\n";
    } else {
      broke_the_order_ = true;
      replies += "500 5.5.2 what\r\n";
    }
  }

  void on_data_line(const std::string& line, std::string& replies) {
    if (line != ".") {
      body_ += line.substr(line.starts_with('.') ? 1 : 0) + "\r\n";
      return;
    }
    bodies_.push_back(std::exchange(body_, {}));
    complete_.back() = true;
    in_data_ = has_sender_ = false;
    in_verdict_ = true;
    answer(plan().verdict, replies);
    in_verdict_ = false;
  }

  bool pipelining_;
  std::vector<Plan> plans_;
  std::string unread_, body_;
  std::size_t said_ = 0;
  std::vector<std::size_t> decided_at_;
  std::vector<std::string> bodies_;
  std::vector<bool> complete_;
  bool in_data_ = false, in_verdict_ = false, closed_ = false;
  bool has_sender_ = false, has_recipient_ = false;
  bool spoke_out_of_turn_ = false, broke_the_order_ = false;
};

}  // namespace nocturn::net::test
