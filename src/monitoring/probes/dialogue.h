#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "monitoring/probe.h"
#include "net/connection.h"
#include "net/resolver.h"

// The base of every probe that talks over a connection. It resolves, connects and secures, times
// each phase, keeps the transcript, holds the one total deadline and the limit on bytes, and
// tells its own faults (cannot tell) from the peer's (failed). A kind says only what to send and
// what to think of the answers.
//
// Invariant: exactly one of pass(), degrade(), fail(), cannot_tell() ends it; whatever calls one
// returns at once, for the probe may be gone.
namespace nocturn::monitoring {

class Dialogue : public RunningProbe, private net::Connection::User {
 public:
  ~Dialogue() override;

  // Makes a probe of class `Kind` and starts it; this is a kind's StartProbe.
  using Started = std::unique_ptr<RunningProbe>;
  template <class Kind>
  static Started start(const inventory::Check& check, ProbeWorld& world, ProbeDone done) {
    auto probe = std::make_unique<Kind>(check, world, std::move(done));
    probe->start_now(check.options);
    return probe;
  }

  Dialogue(const inventory::Check& check, ProbeWorld& world, ProbeDone done);

 protected:
  // ---- what a kind writes ----

  // Once, from within start: calls open(), or ends the probe when its options cannot be used. The
  // options are gone afterwards: keep what is needed later.
  virtual void begin(const inventory::Options& options) = 0;
  // Connected, and secured where open() asked for it.
  virtual void on_open() = 0;
  // After secure(): the connection is now under TLS.
  virtual void on_upgraded() {}
  virtual void on_bytes(std::string_view bytes) = 0;
  // The peer closed. Fails by default.
  virtual void on_end();
  // A fault on the way. Fails or cannot tell, by blame; before that a kind may note facts.
  virtual void on_trouble(net::Fault fault);

  // ---- what a kind may call ----

  // Resolves and connects; a connection from before is closed. `tls`: secure it at once.
  void open(const net::HostPort& to, net::Family family, std::optional<net::TlsOptions> tls = {});
  // Starts TLS on the open connection (STARTTLS).
  void secure(const net::TlsOptions& options);
  void send(std::string_view bytes);

  void pass() { finish(Outcome::passed, {}); }
  void degrade(std::string reason);
  void fail(std::string reason) { finish(Outcome::failed, std::move(reason)); }
  void cannot_tell(std::string reason) { finish(Outcome::cannot_tell, std::move(reason)); }

  // A line of the transcript; cut to 256 bytes, unprintable bytes replaced; the 65th and later
  // are dropped.
  void note(std::string_view line);
  void metric(std::string name, double value, std::string unit = {});
  // From here on the time belongs to this phase; phases add up when entered again.
  void enter(Micros Phases::* phase);

  std::optional<net::TlsFacts> tls_facts() const;
  const std::optional<net::Address>& address() const { return address_; }
  // Days until the peer's certificate ends, by the wall clock; noted as metric "certificate_days".
  double certificate_days(const net::TlsFacts& facts);

  ProbeWorld& world() { return world_; }
  void set_most_bytes(std::size_t bytes) { most_bytes_ = bytes; }

 private:
  void on_connected() final;
  void on_secured() final;
  void on_received(std::string_view bytes) final;
  void on_ended() final { on_end(); }
  void on_fault(net::Fault fault) final { on_trouble(std::move(fault)); }

  void start_now(const inventory::Options& options);
  void connect(net::Address address);
  void out_of_time();
  std::string what_we_waited_for() const;
  void finish(Outcome outcome, std::string reason);
  void tell();

  ProbeWorld& world_;
  ProbeDone done_;
  Observation observation_;
  Micros timeout_;
  SteadyTime started_, entered_;
  Micros Phases::* phase_ = nullptr;
  net::Loop::TimerId timer_ = 0;
  std::unique_ptr<net::Resolver::Lookup> lookup_;
  std::unique_ptr<net::Connection> connection_;
  std::optional<net::Address> address_;
  std::optional<net::TlsOptions> tls_;  // wanted as soon as connected
  std::string host_;
  std::size_t bytes_ = 0, most_bytes_ = 1024 * 1024;
  bool starting_ = false, finished_ = false, open_ = false;
};

}  // namespace nocturn::monitoring
