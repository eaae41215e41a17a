// The writer's durable throughput: 64 callers, each with one INSERT of 500 bytes under way.
//
//   bench_store_append PLACE [SECONDS [CALLERS [threads]]]
//
// PLACE is a file that does not exist yet, or a postgresql:// URL of an empty database. Callers
// hand in their next job from the answer to the last; with "threads" each is a thread that waits.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "store/store.h"
#include "store/writer.h"

namespace {

using namespace nocturn;
using Clock = std::chrono::steady_clock;

constexpr store::Migration kMigrations[] = {{1, "events",
                                             "CREATE TABLE events (id INTEGER PRIMARY KEY, at "
                                             "INTEGER NOT NULL, body BLOB NOT NULL) STRICT"}};
constexpr store::ModuleMigrations kModules[] = {{"bench", kMigrations}};

struct Load {
  store::Writer& writer;
  Clock::time_point end;
  std::vector<std::uint8_t> body = std::vector<std::uint8_t>(500, 'n');
  std::atomic<std::int64_t> last_id = 0;
  std::atomic<std::int64_t> done = 0;
  std::counting_semaphore<> finished{0};

  store::Writer::Work job() {
    return [this, id = ++last_id](store::Transaction& transaction) {
      return transaction.post("INSERT INTO events (id, at, body) VALUES (?, ?, ?)",
                              {id, id, std::span<const std::uint8_t>(body)});
    };
  }
  void next() {
    if (Clock::now() >= end) return finished.release();
    writer.submit(job(), [this](const Status& status) {
      if (!status) std::fprintf(stderr, "%s\n", status.error().text().c_str());
      done.fetch_add(1, std::memory_order_relaxed);
      next();
    });
  }
  void wait_each() {
    while (Clock::now() < end) {
      if (writer.run(job())) done.fetch_add(1, std::memory_order_relaxed);
    }
    finished.release();
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const double seconds = count > 2 ? std::atof(arguments[2]) : 3;
  const int callers = count > 3 ? std::atoi(arguments[3]) : 64;
  const bool threads = count > 4;
  auto database = store::Database::open(arguments[1]);
  if (!database) {
    std::fprintf(stderr, "%s\n", database.error().text().c_str());
    return 1;
  }
  if (const Status migrated = (*database)->migrate(kModules); !migrated) {
    std::fprintf(stderr, "%s\n", migrated.error().text().c_str());
    return 1;
  }
  store::Writer writer(**database);
  const auto start = Clock::now();
  Load load{writer, start + std::chrono::microseconds(static_cast<long>(seconds * 1e6))};
  std::vector<std::jthread> waiting;
  for (int i = 0; i < callers; ++i) {
    if (threads) {
      waiting.emplace_back([&] { load.wait_each(); });
    } else {
      load.next();
    }
  }
  for (int i = 0; i < callers; ++i) load.finished.acquire();
  const std::chrono::duration<double> elapsed = Clock::now() - start;
  std::printf("{\"name\": \"store_append\", \"callers\": %d, \"events_per_second\": %.0f}\n",
              callers, static_cast<double>(load.done) / elapsed.count());
}
