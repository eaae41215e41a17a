#include "net/smtp_session.h"

#include <algorithm>
#include <utility>

namespace nocturn::net {

using Awaits = SmtpDialogue::Awaits;

SmtpSession::SmtpSession(Loop& loop, Resolver& resolver, TlsClient& tls, const SmtpRelay& relay,
                         Owner& owner)
    : loop_(loop), resolver_(resolver), tls_(tls), relay_(relay), owner_(owner) {}

SmtpSession::~SmtpSession() {
  if (timer_ != 0) loop_.cancel(timer_);
}

void SmtpSession::start() {
  set_deadline();
  if (const auto address = parse_ip(relay_.host, relay_.port)) {
    addresses_ = {*address};
    return connect_next();
  }
  lookup_ =
      resolver_.resolve(relay_.host, relay_.port, Family::any, [this](Resolver::Answer answer) {
        const auto lookup = std::move(lookup_);  // this function lives in it
        on_addresses(std::move(answer));
      });
}

void SmtpSession::on_addresses(Resolver::Answer answer) {
  if (!answer) return give_up(answer.error().what);
  addresses_ = *std::move(answer);
  connect_next();
}

void SmtpSession::connect_next() {
  connection_ = std::make_unique<Connection>(loop_, static_cast<Connection::User&>(*this));
  connection_->connect(addresses_[next_address_++]);
}

void SmtpSession::on_connected() {
  if (relay_.security != SmtpSecurity::implicit) return begin_dialogue();
  secure();
}

bool SmtpSession::secure() {
  handshake_begun_ = true;
  auto session =
      tls_.open({.server_name = relay_.server_name.empty() ? relay_.host : relay_.server_name,
                 .verify = relay_.verify,
                 .ca_file = relay_.ca_file});
  if (!session) {
    give_up(session.error().text());
    return false;
  }
  connection_->secure(std::move(*session));
  return true;
}

void SmtpSession::on_secured() {
  if (!dialogue_) return begin_dialogue();
  dialogue_->secured();
  proceed();
}

void SmtpSession::begin_dialogue() {
  const Address& address = addresses_[next_address_ - 1];
  dialogue_.emplace(SmtpDialogue::Options{.hello = relay_.hello,
                                          .security = relay_.security,
                                          .user = relay_.user,
                                          .password = relay_.password,
                                          .private_way = is_this_machine(address.ip_text()),
                                          .pipelining = relay_.pipelining});
  proceed();
}

void SmtpSession::on_received(std::string_view bytes) {
  if (!dialogue_) return give_up("the relay spoke before TLS");
  dialogue_->receive(bytes);
  proceed();
}

void SmtpSession::on_ended() { give_up("the relay closed the connection"); }

void SmtpSession::on_fault(Fault fault) {
  const bool is_connecting = !dialogue_ && !handshake_begun_;
  if (is_connecting && next_address_ < addresses_.size()) return connect_next();
  give_up(fault.what);
}

void SmtpSession::offer() {
  if (dialogue_ && dialogue_->wants_mail()) proceed();
}

void SmtpSession::proceed() {
  tell();
  was_ready_ |= dialogue_->is_ready();
  take_mails();
  if (dialogue_->is_over()) {
    complaint_ = dialogue_->complaint();
    return owner_.on_over(*this);
  }
  if (!dialogue_->output().empty()) {
    connection_->send(dialogue_->output());
    dialogue_->written();
  }
  if (dialogue_->wants_tls() && !handshake_begun_ && !secure()) return;
  set_deadline();
}

void SmtpSession::take_mails() {
  while (dialogue_->wants_mail() && taken_ < relay_.mails_per_connection) {
    auto mail = owner_.next_mail();
    if (!mail) break;
    ++taken_;
    under_way_.push_back({mail->mail.id, mail->due});
    dialogue_->send(std::move(mail->mail));
    tell();
  }
  if (taken_ >= relay_.mails_per_connection) dialogue_->quit();
}

void SmtpSession::tell() {
  for (const auto& told : dialogue_->take_told()) {
    std::erase_if(under_way_, [&](const UnderWay& mail) { return mail.id == told.id; });
    owner_.on_told(*this, told);
  }
}

void SmtpSession::give_up(std::string_view why) {
  if (!dialogue_) {
    complaint_ = readable_line(why);
    return owner_.on_over(*this);
  }
  dialogue_->end(why);
  tell();
  complaint_ = dialogue_->complaint();
  owner_.on_over(*this);
}

Micros SmtpSession::patience() const {
  const SmtpDeadlines& deadlines = relay_.deadlines;
  if (!dialogue_) return deadlines.connect;
  switch (dialogue_->awaits()) {
    case Awaits::nothing: return deadlines.idle;
    case Awaits::greeting: return deadlines.greeting;
    case Awaits::tls: return deadlines.connect;
    case Awaits::data: return deadlines.data;
    case Awaits::verdict: return deadlines.verdict;
    case Awaits::goodbye: return deadlines.goodbye;
    default: return deadlines.command;
  }
}

// A deadline begins anew only when a whole reply came or something else is waited for.
void SmtpSession::set_deadline() {
  const auto waits_for = dialogue_ ? std::pair(dialogue_->replies(), dialogue_->awaits())
                                   : std::pair(std::uint64_t{0}, Awaits::tls);
  if (waits_for != waited_for_) {
    waited_for_ = waits_for;
    due_ = loop_.now() + patience();
  }
  SteadyTime first = due_;
  for (const UnderWay& mail : under_way_) first = std::min(first, mail.due);
  arm(first);
}

// A timer that is set too early is left as it is: it finds that out when it fires. So a mail mostly
// costs no timer.
void SmtpSession::arm(SteadyTime at) {
  if (timer_ != 0 && timer_at_ <= at) return;
  if (timer_ != 0) loop_.cancel(timer_);
  timer_at_ = at;
  timer_ = loop_.after(std::max(at - loop_.now(), Micros(0)), [this] {
    timer_ = 0;
    on_timer();
  });
}

void SmtpSession::on_timer() {
  const SteadyTime now = loop_.now();
  for (const UnderWay& mail : under_way_) {
    if (mail.due <= now) return give_up("the time of a mail was over before the relay had it");
  }
  if (due_ > now) return set_deadline();
  if (!dialogue_) {
    return give_up(lookup_ ? "our name servers did not answer in time" : "no connection in time");
  }
  switch (dialogue_->awaits()) {
    case Awaits::nothing: dialogue_->quit(); return proceed();
    case Awaits::tls: return give_up("no end of the TLS handshake in time");
    default: return give_up("no answer of the relay in time");
  }
}

}  // namespace nocturn::net
