// bench_probe_fleet URLS FOLDER EVERY [CA_FILE SERVER_NAME]
//
// Probes every URL of the file (one a line) each EVERY, as the hub does: scheduling, verdicts,
// samples stored in FOLDER, the digest of each minute. Runs until SIGTERM or SIGINT, then prints
// its counters. bench/probes.sh compares it with blackbox_exporter under Prometheus.
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "base/clock.h"
#include "monitoring/monitoring.h"
#include "series/series.h"

namespace {

using namespace nocturn;

inventory::CloudPtr cloud_of(const char* urls, Micros every, const char* ca_file,
                             const char* server_name) {
  auto cloud = std::make_shared<inventory::Cloud>();
  std::ifstream file(urls);
  for (std::string url; std::getline(file, url);) {
    inventory::Instance instance;
    instance.id = inventory::InstanceId(fmt::format("instance-{:04}", cloud->instances.size()));
    inventory::Check check;
    check.id = inventory::CheckId(instance.id.text() + "/http");
    check.name = check.kind = "http";
    check.every = every;
    check.timeout = std::chrono::seconds(5);
    inventory::Options expect;
    expect["status"].value = std::vector<std::string>{"200"};
    expect["body_contains"].value = std::vector<std::string>{"canary"};
    check.options["url"].value = url;
    check.options["expect"].value = std::move(expect);
    if (ca_file != nullptr) {
      check.options["ca_file"].value = std::string(ca_file);
      check.options["server_name"].value = std::string(server_name);
    }
    instance.checks.push_back(std::move(check));
    cloud->instances.emplace(instance.id, std::move(instance));
  }
  return cloud;
}

Status run(int argc, char** argv) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  SystemClock clock;
  auto samples = TRY(series::SeriesStore::open(std::string(argv[2]) + "/series.db", clock, {}));
  std::atomic<int> interruptions = 0;
  monitoring::Monitor::Options options;
  options.samples = samples.get();
  auto monitor =
      TRY(monitoring::Monitor::start(options, clock, [&](monitoring::VerdictChange change) {
        if (change.after != monitoring::Verdict::interruption) return;
        if (++interruptions == 1) fmt::print(stderr, "{}\n", change.evidence.reason);
      }));
  const Micros every = TRY(parse_duration(argv[3]));
  monitor->watch(
      cloud_of(argv[1], every, argc > 5 ? argv[4] : nullptr, argc > 5 ? argv[5] : nullptr), {});

  const timespec minute{60, 0};
  while (sigtimedwait(&stop, nullptr, &minute) < 0) (void)monitor->take_minute();
  const auto counters = monitor->counters();
  fmt::print("probes {} passed {} failed {} cannot_tell {} late {} interruptions {} stored {}\n",
             counters.probes, counters.passed, counters.failed, counters.cannot_tell, counters.late,
             interruptions.load(), samples->counters().appended);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    std::cerr << "usage: bench_probe_fleet URLS FOLDER EVERY [CA_FILE SERVER_NAME]\n";
    return 2;
  }
  if (const auto ran = run(argc, argv); !ran) {
    std::cerr << ran.error().text() << '\n';
    return 1;
  }
}
