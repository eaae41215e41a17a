#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.h"
#include "net/connection.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "net/smtp_dialogue.h"
#include "net/smtp_relay.h"
#include "net/tls_client.h"

namespace nocturn::net {

// A mail and the moment by which its owner must have heard of it.
struct TimedMail {
  SmtpMail mail = {};
  SteadyTime due = {};
};

// One connection of an SmtpClient from the relay's name to the goodbye: moves a dialogue's bytes,
// keeps its deadlines and asks for mails while it may. Belongs to the loop's thread.
class SmtpSession final : private Connection::User {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // The next mail for this session, or nothing.
    virtual std::optional<TimedMail> next_mail() = 0;
    virtual void on_told(SmtpSession& session, const SmtpDialogue::Told& told) = 0;
    // It has ended and is to be destroyed, now if the owner likes. Never from within start(),
    // offer() or leave().
    virtual void on_over(SmtpSession& session) = 0;
  };

  // `relay` outlives the session.
  SmtpSession(Loop& loop, Resolver& resolver, TlsClient& tls, const SmtpRelay& relay, Owner& owner);
  ~SmtpSession() override;
  SmtpSession(const SmtpSession&) = delete;
  SmtpSession& operator=(const SmtpSession&) = delete;

  // Begins to connect; once.
  void start();
  // There may be mail: takes what it can.
  void offer();

  // Not ready yet to take a mail.
  bool is_opening() const { return !dialogue_ || !was_ready_; }
  // The relay decided on a mail here: it works.
  bool has_worked() const { return dialogue_ && dialogue_->decided() > 0; }
  // Why it ended; empty after a goodbye.
  const std::string& complaint() const { return complaint_; }
  int mails() const { return static_cast<int>(under_way_.size()); }

 private:
  struct UnderWay {
    std::uint64_t id;
    SteadyTime due;
  };

  void on_connected() override;
  void on_secured() override;
  void on_received(std::string_view bytes) override;
  void on_ended() override;
  void on_fault(Fault fault) override;

  void on_addresses(Resolver::Answer answer);
  void connect_next();
  // False when that failed, and with it this session.
  bool secure();
  void begin_dialogue();
  // Does what the dialogue asks for now; may destroy this session, as its last deed.
  void proceed();
  void take_mails();
  void tell();
  void give_up(std::string_view why);

  void set_deadline();
  Micros patience() const;
  void arm(SteadyTime at);
  void on_timer();

  Loop& loop_;
  Resolver& resolver_;
  TlsClient& tls_;
  const SmtpRelay& relay_;
  Owner& owner_;
  std::unique_ptr<Resolver::Lookup> lookup_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  std::unique_ptr<Connection> connection_;
  std::optional<SmtpDialogue> dialogue_;
  std::string complaint_;
  std::vector<UnderWay> under_way_;
  int taken_ = 0;  // mails, ever
  bool was_ready_ = false;
  bool handshake_begun_ = false;

  Loop::TimerId timer_ = 0;
  SteadyTime timer_at_ = {};  // when it is set
  SteadyTime due_ = {};       // of what is waited for now
  std::pair<std::uint64_t, SmtpDialogue::Awaits> waited_for_ = {~std::uint64_t{0}, {}};
};

}  // namespace nocturn::net
