// Durable, published appends to the ledger: 64 callers, each with one event under way.
//
//   bench_ledger_append FOLDER [SECONDS [CALLERS [threads]]]
//
// FOLDER must not exist, and is left for whoever started this to remove (files that go just before
// a run slow down the making of new ones). Callers hand in their next event from the answer to the
// last; with "threads" each is a thread that waits. At the end a checkpoint over everything is
// signed, so that "published_seconds" tells how far publishing had fallen behind.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "cpu_time.h"
#include "ledger/ledger.h"
#include "store/store.h"

namespace {

using namespace nocturn;
using Steady = std::chrono::steady_clock;

struct Load {
  ledger::Ledger& ledger;
  Steady::time_point end;
  std::string payload;
  std::atomic<std::int64_t> done = 0;
  std::counting_semaphore<> finished{0};
  std::vector<float> latencies;  // microseconds; the writer's thread alone adds to it

  ledger::Decide decision(int caller) {
    return [this, caller](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
      std::vector<ledger::Event> events(1);
      events[0].type = "monitoring.verdict.changed";
      events[0].object = "instance/catalog-eu" + std::to_string(caller);
      events[0].payload = payload;
      return events;
    };
  }
  void next(int caller) {
    const auto start = Steady::now();
    if (start >= end) return finished.release();
    ledger.record(decision(caller), [this, caller, start](auto outcome) {
      if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
      latencies.push_back(std::chrono::duration<float, std::micro>(Steady::now() - start).count());
      done.fetch_add(1, std::memory_order_relaxed);
      next(caller);
    });
  }
  void wait_each(int caller) {
    while (Steady::now() < end)
      if (ledger.record(decision(caller))) done.fetch_add(1, std::memory_order_relaxed);
    finished.release();
  }
  double percentile(double share) {
    if (latencies.empty()) return 0;
    const auto at = latencies.begin() + static_cast<long>(share * (latencies.size() - 1.0));
    std::nth_element(latencies.begin(), at, latencies.end());
    return *at / 1000;
  }
};

// About 395 bytes, as an event of a verdict has.
std::string sample_payload() {
  std::string payload = R"({"after":"interruption","before":"normal","check":"discovery",)"
                        R"("evidence":{"address":"127.0.0.1:8101","reason":")";
  payload += std::string(395 - payload.size() - 4, 'n');
  return payload + R"("}})";
}

int run(const std::filesystem::path& folder, double seconds, int callers, bool threads) {
  std::filesystem::create_directories(folder);
  auto database = store::Database::open((folder / "bench.db").string());
  if (!database) return std::fprintf(stderr, "%s\n", database.error().text().c_str()), 1;
  const store::ModuleMigrations all[] = {{"ledger", ledger::migrations()}};
  if (const Status migrated = (*database)->migrate(all); !migrated)
    return std::fprintf(stderr, "%s\n", migrated.error().text().c_str()), 1;
  const SystemClock clock;
  SystemRandom random;
  auto opened = ledger::Ledger::open(**database,
                                     {.origin = "bench.example/ledger",
                                      .tiles = folder / "tiles",
                                      .key = folder / "key",
                                      .memory = folder / "memory",
                                      .appliers = {}},
                                     clock, random);
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error().text().c_str()), 1;

  const double cpu_before = cpu_seconds();
  const auto start = Steady::now();
  Load load{.ledger = **opened,
            .end = start + std::chrono::microseconds(static_cast<long>(seconds * 1e6)),
            .payload = sample_payload(),
            .latencies = {}};
  load.latencies.reserve(4'000'000);
  {
    std::vector<std::jthread> waiting;
    for (int i = 0; i < callers; ++i) {
      if (threads)
        waiting.emplace_back([&load, i] { load.wait_each(i); });
      else
        load.next(i);
    }
    for (int i = 0; i < callers; ++i) load.finished.acquire();
  }
  const std::chrono::duration<double> elapsed = Steady::now() - start;
  const auto published = (*opened)->publish();
  const std::chrono::duration<double> caught_up = Steady::now() - start;
  if (!published || published->size != static_cast<std::uint64_t>(load.done))
    return std::fprintf(stderr, "the checkpoint does not cover every event\n"), 1;
  std::printf(
      "{\"name\": \"ledger_append\", \"callers\": %d, \"threads\": %s, \"bytes\": %zu, "
      "\"events_per_second\": %.0f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"most_ms\": %.3f, "
      "\"published_seconds\": %.3f, \"cpu_us_per_event\": %.2f}\n",
      callers, threads ? "true" : "false", load.payload.size(),
      static_cast<double>(load.done) / elapsed.count(), load.percentile(0.5), load.percentile(0.99),
      load.percentile(1), (caught_up - elapsed).count(),
      1e6 * (cpu_seconds() - cpu_before) / static_cast<double>(load.done));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::filesystem::path folder = arguments[1];
  const double seconds = count > 2 ? std::atof(arguments[2]) : 3;
  const int callers = count > 3 ? std::atoi(arguments[3]) : 64;
  return run(folder, seconds, callers, count > 4);
}
