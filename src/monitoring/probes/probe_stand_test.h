#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>
#include <csignal>

#include <gtest/gtest.h>

#include "monitoring/probe.h"
#include "net/resolver.h"
#include "net/tls_client.h"
#include "support/scripted_peer.h"

// What tests of probes share: a stand that runs one probe to its end on a loop of its own and
// holds it to its contract, and peers in this process that answer as badly as a test wants.
namespace nocturn::monitoring::test {

using namespace std::chrono_literals;
using inventory::Options;
using inventory::OptionValue;

inline OptionValue text(std::string_view value) { return {std::string(value)}; }
inline OptionValue number(std::int64_t value) { return {value}; }
inline OptionValue real(double value) { return {value}; }
inline OptionValue flag(bool value) { return {value}; }
inline OptionValue list(std::vector<std::string> values) { return {std::move(values)}; }
inline OptionValue section(Options values) { return {std::move(values)}; }

class ProbeStand {
 public:
  explicit ProbeStand(net::Resolver::Options resolver_options = {})
      : resolver_(loop_, std::move(resolver_options)) {
    ::signal(SIGPIPE, SIG_IGN);  // as the program does
  }

  // Runs one probe and checks the contract: told once, not within start, in time.
  Observation run(std::string_view kind, Options options, Micros timeout = 15s) {
    const ProbeKind* found = find_probe_kind(kind);
    if (found == nullptr) {
      ADD_FAILURE() << "no kind " << kind;
      return {};
    }
    inventory::Check check;
    check.kind = kind;
    check.options = std::move(options);
    check.timeout = timeout;
    ProbeWorld world{loop_, resolver_, tls_, [](const std::string&) { return std::nullopt; }};
    std::optional<Observation> seen;
    int times = 0;
    std::unique_ptr<RunningProbe> probe;
    const auto began = clock_.steady();
    probe = found->start(check, world, [&](Observation observation) {
      ++times;
      seen = std::move(observation);
      probe.reset();  // as a scheduler may
      loop_.after(2ms, [this] { loop_.stop(); });
    });
    EXPECT_EQ(times, 0) << "told from within start";
    check = {};  // the probe must not need it any more
    const auto watchdog = loop_.after(timeout + 2s, [this] { loop_.stop(); });
    loop_.run();
    loop_.cancel(watchdog);
    EXPECT_EQ(times, 1);
    EXPECT_LT(clock_.steady() - began, timeout + 1500ms) << "the deadline did not hold";
    if (!seen) return {};
    EXPECT_EQ(seen->outcome == Outcome::passed && !seen->degraded, seen->reason.empty())
        << seen->reason;
    return *seen;
  }

  // Starts a probe and abandons it after `delay`; fails the test when it tells anything.
  void abandon(std::string_view kind, Options options, Micros delay) {
    inventory::Check check;
    check.options = std::move(options);
    ProbeWorld world{loop_, resolver_, tls_};
    auto probe = find_probe_kind(kind)->start(
        check, world, [](Observation) { ADD_FAILURE() << "told after it was abandoned"; });
    loop_.after(delay, [&] { probe.reset(); });
    loop_.after(delay + 50ms, [&] { loop_.stop(); });
    loop_.run();
  }

  net::Loop& loop() { return loop_; }
  net::Resolver& resolver() { return resolver_; }
  const Clock& clock() const { return clock_; }

 private:
  SystemClock clock_;
  net::Loop loop_{clock_};
  net::Resolver resolver_;
  net::TlsClient tls_;
};

using testing::Peer;
using testing::Wire;

// A peer that reads a request head and answers with these bytes, then closes.
inline Peer::Script answers(std::string bytes) {
  return [bytes](Wire& wire) {
    wire.read_until("\r\n\r\n");
    wire.write(bytes);
  };
}
inline std::string http_answer(std::string_view body, std::string_view headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers,
                     body);
}

// Resident memory of this process in KiB.
inline long resident_kib() {
  long pages = 0, resident = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace nocturn::monitoring::test
