#include "net/smtp_client.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "net/smtp_session.h"

namespace nocturn::net {

using Kind = SmtpOutcome::Kind;

struct SmtpClient::State final : SmtpSession::Owner {
  State(Loop& the_loop, Resolver& the_resolver, TlsClient& the_tls, SmtpRelay the_relay,
        Source& the_source)
      : loop(the_loop),
        resolver(the_resolver),
        tls(the_tls),
        relay(std::move(the_relay)),
        source(the_source) {}
  ~State() override;

  std::optional<TimedMail> next_mail() override;
  void on_told(SmtpSession& session, const SmtpDialogue::Told& told) override;
  void on_over(SmtpSession& session) override;

  void wake();
  void pump();
  void pump_soon();
  void open_sessions();
  bool may_open() const;
  std::optional<TimedMail> pull();
  void tell(std::uint64_t id, const SmtpOutcome& outcome);
  void pause();
  void mend();
  bool relay_is_down() const;
  void watch_waiting();
  void drop_late();
  void count();

  Loop& loop;
  Resolver& resolver;
  TlsClient& tls;
  const SmtpRelay relay;
  Source& source;
  Facts facts;

  std::vector<std::unique_ptr<SmtpSession>> sessions;
  std::deque<TimedMail> waiting;  // for a connection that is being opened; at most one for each
  int failures = 0;               // scouts in a row that failed before a mail was decided
  SmtpSession* scout = nullptr;   // opened after a failure, to find out whether the relay works
  bool dry = true;                // the source had nothing
  bool inside = false;            // of a call of the source
  Loop::TimerId pause_timer = 0;
  Loop::TimerId pump_timer = 0;
  Loop::TimerId late_timer = 0;
};

SmtpClient::State::~State() {
  for (const auto timer : {pause_timer, pump_timer, late_timer}) {
    if (timer != 0) loop.cancel(timer);
  }
}

void SmtpClient::State::wake() {
  dry = false;
  if (inside) return pump_soon();
  pump();
}

void SmtpClient::State::pump_soon() {
  if (pump_timer != 0) return;
  pump_timer = loop.after(Micros(0), [this] {
    pump_timer = 0;
    pump();
  });
}

void SmtpClient::State::pump() {
  for (std::size_t i = 0; i < sessions.size(); ++i) sessions[i]->offer();
  open_sessions();
  count();
}

// One session for each mail that no open one can take now.
void SmtpClient::State::open_sessions() {
  while (may_open()) {
    const auto opening = static_cast<std::size_t>(
        std::ranges::count_if(sessions, [](const auto& session) { return session->is_opening(); }));
    if (waiting.size() <= opening) {
      auto mail = pull();
      if (!mail) return;
      waiting.push_back(*std::move(mail));
      watch_waiting();
    }
    sessions.push_back(std::make_unique<SmtpSession>(loop, resolver, tls, relay, *this));
    ++facts.sessions;
    if (failures > 0) scout = sessions.back().get();
    sessions.back()->start();
  }
}

bool SmtpClient::State::may_open() const {
  if (pause_timer != 0) return false;
  return scout == nullptr && sessions.size() < static_cast<std::size_t>(relay.connections);
}

std::optional<TimedMail> SmtpClient::State::pull() {
  if (dry) return std::nullopt;
  const bool was_inside = std::exchange(inside, true);
  auto mail = source.next();
  inside = was_inside;
  if (!mail) {
    dry = true;
    return std::nullopt;
  }
  return TimedMail{*std::move(mail), loop.now() + relay.deadlines.mail};
}

std::optional<TimedMail> SmtpClient::State::next_mail() {
  if (waiting.empty()) return pull();
  auto mail = std::move(waiting.front());
  waiting.pop_front();
  return mail;
}

void SmtpClient::State::tell(std::uint64_t id, const SmtpOutcome& outcome) {
  switch (outcome.kind) {
    case Kind::accepted: ++facts.accepted; break;
    case Kind::deferred: ++facts.deferred; break;
    case Kind::refused: ++facts.refused; break;
  }
  const bool was_inside = std::exchange(inside, true);
  source.done(id, outcome);
  inside = was_inside;
}

void SmtpClient::State::on_told(SmtpSession& session, const SmtpDialogue::Told& told) {
  if (&session == scout && session.has_worked()) mend();
  tell(told.id, told.outcome);
}

void SmtpClient::State::on_over(SmtpSession& session) {
  if (&session == scout) scout = nullptr;
  if (!session.complaint().empty()) {
    facts.complaint = session.complaint();
    if (!session.has_worked()) pause();
  }
  std::erase_if(sessions, [&](const auto& one) { return one.get() == &session; });
  pump();
}

void SmtpClient::State::pause() {
  // Sessions that were opened together fail together; that is one failure.
  if (pause_timer != 0) return;
  const int doublings = std::min(failures++, 30);
  const Micros pause =
      std::min(relay.longest_pause, relay.first_pause * (std::int64_t{1} << doublings));
  pause_timer = loop.after(pause, [this] {
    pause_timer = 0;
    pump();
  });
}

void SmtpClient::State::mend() {
  failures = 0;
  scout = nullptr;
  pump_soon();
}

// Sessions opened before the failure may go on well: some relays limit how many there are.
bool SmtpClient::State::relay_is_down() const {
  return failures > 0 &&
         std::ranges::none_of(sessions, [](const auto& session) { return session->has_worked(); });
}

// Mails that wait for a connection have their time, too.
void SmtpClient::State::watch_waiting() {
  if (late_timer != 0 || waiting.empty()) return;
  late_timer = loop.after(std::max(waiting.front().due - loop.now(), Micros(0)), [this] {
    late_timer = 0;
    drop_late();
  });
}

void SmtpClient::State::drop_late() {
  while (!waiting.empty() && waiting.front().due <= loop.now()) {
    const std::uint64_t id = waiting.front().mail.id;
    waiting.pop_front();
    tell(id, {.kind = Kind::deferred,
              .text = facts.complaint.empty() ? "no connection to the relay in time"
                                              : facts.complaint});
  }
  watch_waiting();
  pump();
}

void SmtpClient::State::count() {
  facts.relay_is_down = relay_is_down();
  facts.connections = static_cast<int>(sessions.size());
  facts.mails = static_cast<int>(waiting.size());
  for (const auto& session : sessions) facts.mails += session->mails();
}

Result<std::unique_ptr<SmtpClient>> SmtpClient::make(Loop& loop, Resolver& resolver, TlsClient& tls,
                                                     SmtpRelay relay, Source& source) {
  TRY_STATUS(about("relay", check_relay(relay)));
  return std::unique_ptr<SmtpClient>(
      new SmtpClient(std::make_unique<State>(loop, resolver, tls, std::move(relay), source)));
}

SmtpClient::SmtpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
SmtpClient::~SmtpClient() = default;

void SmtpClient::wake() { state_->wake(); }

SmtpClient::Facts SmtpClient::facts() const {
  state_->count();
  return state_->facts;
}

}  // namespace nocturn::net
