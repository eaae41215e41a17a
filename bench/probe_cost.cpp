// What one HTTP probe costs this process: starts probes of one URL, so many at a time, and tells
// the CPU seconds (user and system) per 1,000. bench/probe_cost.sh runs it against nginx.
//
// usage: bench_probe_cost URL COUNT AT_ONCE [CA_FILE]

#include <csignal>
#include <cstdlib>
#include <map>

#include "cpu_time.h"
#include "monitoring/probe.h"
#include "net/resolver.h"
#include "net/tls_client.h"

using namespace nocturn;
using namespace nocturn::monitoring;

namespace {

struct Run {
  Run(ProbeWorld& world, inventory::Check probed, int wanted)
      : world(world), check(std::move(probed)), left(wanted) {}

  void start_one() {
    if (left-- <= 0) return;
    const int id = next++;
    running[id] = find_probe_kind("http")->start(check, world, [this, id](Observation seen) {
      if (seen.outcome != Outcome::passed && bad++ == 0) reason = seen.reason;
      running.erase(id);
      start_one();
      if (running.empty()) world.loop.stop();
    });
  }

  ProbeWorld& world;
  inventory::Check check;
  std::map<int, std::unique_ptr<RunningProbe>> running;
  std::string reason;
  int left, next = 0, bad = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  ::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  net::Loop loop(clock);
  net::Resolver resolver(loop);
  net::TlsClient tls;
  ProbeWorld world{loop, resolver, tls};
  inventory::Check check;
  check.options = {
      {"url", {std::string(arguments[1])}},
      {"expect", {inventory::Options{{"body_contains", {std::vector<std::string>{"canary"}}}}}}};
  if (count > 4) check.options["ca_file"] = {std::string(arguments[4])};

  const int wanted = std::atoi(arguments[2]);
  Run warm_up(world, check, 100);
  warm_up.start_one();
  loop.run();

  Run run(world, check, wanted);
  const double before = cpu_seconds();
  const auto began = clock.steady();
  for (int i = 0; i < std::atoi(arguments[3]); ++i) run.start_one();
  loop.run();
  const double used = cpu_seconds() - before;
  const std::chrono::duration<double> took = clock.steady() - began;
  fmt::print("{}: {:.4f} CPU-s per 1,000 probes, {:.0f} probes/s, {} of {} not passed {}\n",
             arguments[1], used / wanted * 1000, wanted / took.count(), run.bad, wanted,
             run.reason);
  return run.bad == 0 ? 0 : 1;
}
