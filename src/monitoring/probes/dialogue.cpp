#include "monitoring/probes/dialogue.h"

#include "monitoring/probes/transcript.h"

namespace nocturn::monitoring {

Dialogue::Dialogue(const inventory::Check& check, ProbeWorld& world, ProbeDone done)
    : world_(world), done_(std::move(done)), timeout_(check.timeout) {}

Dialogue::~Dialogue() {
  if (timer_ != 0) world_.loop.cancel(timer_);
}

void Dialogue::start_now(const inventory::Options& options) {
  const Clock& clock = world_.loop.clock();
  started_ = entered_ = clock.steady();
  observation_.at = clock.wall();
  timer_ = world_.loop.after(timeout_, [this] {
    timer_ = 0;
    out_of_time();
  });
  starting_ = true;
  begin(options);
  starting_ = false;
}

void Dialogue::open(const net::HostPort& to, net::Family family,
                    std::optional<net::TlsOptions> tls) {
  connection_.reset();
  address_.reset();
  tls_ = std::move(tls);
  host_ = to.host;
  open_ = false;
  bytes_ = 0;
  if (const auto literal = net::parse_ip(to.host, to.port)) {
    const bool wrong_family =
        (family == net::Family::v4 && literal->v6) || (family == net::Family::v6 && !literal->v6);
    if (wrong_family) return fail(fmt::format("{} is not of the wanted IP family", to.host));
    return connect(*literal);
  }
  enter(&Phases::resolve);
  lookup_ = world_.resolver.resolve(to.host, to.port, family, [this](net::Resolver::Answer answer) {
    const auto lookup = std::move(lookup_);  // this function lives in it
    if (!answer) return on_trouble(std::move(answer.error()));
    connect(answer->front());
  });
}

void Dialogue::connect(net::Address address) {
  enter(&Phases::connect);
  address_ = address;
  observation_.address = address.text();
  connection_ =
      std::make_unique<net::Connection>(world_.loop, static_cast<net::Connection::User&>(*this));
  connection_->connect(address);
}

void Dialogue::on_connected() {
  if (tls_) return secure(*tls_);
  open_ = true;
  enter(&Phases::first_byte);
  on_open();
}

void Dialogue::secure(const net::TlsOptions& options) {
  auto session = world_.tls.open(options);
  if (!session) return cannot_tell(session.error().text());
  enter(&Phases::tls);
  connection_->secure(std::move(*session));
}

void Dialogue::on_secured() {
  const bool upgraded = std::exchange(open_, true);
  enter(upgraded ? &Phases::transfer : &Phases::first_byte);
  if (upgraded) {
    on_upgraded();
  } else {
    on_open();
  }
}

void Dialogue::on_received(std::string_view bytes) {
  if (phase_ == &Phases::first_byte) enter(&Phases::transfer);
  bytes_ += bytes.size();
  if (bytes_ > most_bytes_) {
    return fail(fmt::format("the peer sends more than {} bytes", most_bytes_));
  }
  on_bytes(bytes);
}

void Dialogue::send(std::string_view bytes) {
  if (connection_) connection_->send(bytes);
}

void Dialogue::on_end() {
  fail(bytes_ == 0 ? "the peer closed the connection without a word"
                   : "the peer closed the connection in the middle");
}

void Dialogue::on_trouble(net::Fault fault) {
  std::string reason =
      address_ ? fmt::format("{}: {}", address_->text(), fault.what) : std::move(fault.what);
  if (fault.blame == net::Blame::ours) return cannot_tell(std::move(reason));
  fail(std::move(reason));
}

std::string Dialogue::what_we_waited_for() const {
  if (phase_ == &Phases::connect) return "connecting";
  if (phase_ == &Phases::tls) return "in the TLS handshake";
  if (phase_ == &Phases::first_byte) return "waiting for the first byte";
  return "in the middle of the answer";
}

void Dialogue::out_of_time() {
  const std::string limit = to_text(timeout_);
  if (phase_ == &Phases::resolve) {
    return cannot_tell(fmt::format("our name servers did not answer within {}", limit));
  }
  const std::string what =
      fmt::format("no answer within {}: still {}", limit, what_we_waited_for());
  on_trouble(address_ ? net::silence_of(*address_, what) : net::Fault{net::Blame::theirs, what});
}

void Dialogue::degrade(std::string reason) {
  observation_.degraded = true;
  finish(Outcome::passed, std::move(reason));
}

void Dialogue::finish(Outcome outcome, std::string reason) {
  if (finished_) return;
  finished_ = true;
  enter(nullptr);
  observation_.took = world_.loop.clock().steady() - started_;
  observation_.outcome = outcome;
  observation_.reason = printable_line(reason);
  lookup_.reset();
  connection_.reset();
  if (timer_ != 0) world_.loop.cancel(std::exchange(timer_, 0));
  if (!starting_) return tell();
  timer_ = world_.loop.after(Micros(0), [this] {
    timer_ = 0;
    tell();
  });
}

void Dialogue::tell() {
  auto done = std::move(done_);
  done(std::move(observation_));
}

void Dialogue::note(std::string_view line) { add_line(observation_.transcript, line); }

void Dialogue::metric(std::string name, double value, std::string unit) {
  observation_.metrics.push_back({std::move(name), value, std::move(unit)});
}

void Dialogue::enter(Micros Phases::* phase) {
  const SteadyTime now = world_.loop.clock().steady();
  if (phase_ != nullptr) observation_.phases.*phase_ += now - entered_;
  entered_ = now;
  phase_ = phase;
  if (phase != nullptr && observation_.phases.*phase < Micros(0)) {
    observation_.phases.*phase = Micros(0);
  }
}

std::optional<net::TlsFacts> Dialogue::tls_facts() const {
  return connection_ ? connection_->tls_facts() : std::nullopt;
}

double Dialogue::certificate_days(const net::TlsFacts& facts) {
  const std::chrono::duration<double> left = facts.not_after - world_.loop.clock().wall();
  const double days = left.count() / 86400;
  metric("certificate_days", days);
  return days;
}

}  // namespace nocturn::monitoring
