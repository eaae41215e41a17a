#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <random>
#include <set>
#include <sstream>

#include "store/writer.h"
#include "support/child_process.h"
#include "support/store_contract.h"

// kill -9 in the middle of writing: nothing acknowledged is lost, nothing is half done.
namespace nocturn::store {
namespace {

constexpr const char* kPlaceVariable = "NOCTURN_CRASH_PLACE";
constexpr int kRounds = 20;
constexpr unsigned kSeed = 20261122;

// Each job writes to both tables, so that half a job would show.
constexpr Migration kPairs[] = {{1, "pairs",
                                 "CREATE TABLE lefts (id INTEGER PRIMARY KEY) STRICT;"
                                 "CREATE TABLE rights (id INTEGER PRIMARY KEY, body BLOB) STRICT"}};
constexpr ModuleMigrations kCrashModules[] = {{"crash", kPairs}};

Result<std::set<std::int64_t>> ids_in(Database& database, Sql sql) {
  std::set<std::int64_t> ids;
  TRY_STATUS(database.read([&](Reader& reader) {
    return reader.query(sql, {}, [&](const Row& row) { ids.insert(row.integer(0)); });
  }));
  return ids;
}

// The victim: this same program, started by the test below with a place to write to. Keeps 64
// jobs under way and says each id when it is acknowledged.
TEST(CrashVictim, DISABLED_writes_until_it_is_killed) {
  const char* place = std::getenv(kPlaceVariable);
  if (place == nullptr) GTEST_SKIP() << "only for the crash test";
  auto database = Database::open(place);
  ASSERT_TRUE(database) << database.error().text();
  ASSERT_TRUE((*database)->migrate(kCrashModules));
  const auto before = ids_in(**database, "SELECT id FROM lefts");
  ASSERT_TRUE(before);
  std::int64_t next = before->empty() ? 0 : *before->rbegin() + 1;

  Writer writer(**database);
  const std::vector<std::uint8_t> body(300, 'b');
  std::function<void()> submit = [&] {
    const std::int64_t id = next++;
    writer.submit(
        [&, id](Transaction& transaction) -> Status {
          TRY_STATUS(transaction.post("INSERT INTO lefts (id) VALUES (?)", {id}));
          return transaction.post("INSERT INTO rights (id, body) VALUES (?, ?)", {id, body});
        },
        [&, id](const Status& status) {
          if (!status) std::abort();
          const std::string line = fmt::format("ack {}\n", id);
          if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
          submit();
        });
  };
  // The first submission that is answered would race with the rest for `next`.
  std::latch all_submitted(1);
  writer.submit(
      [&](Transaction&) -> Status {
        all_submitted.wait();
        return {};
      },
      [](const Status&) {});
  for (int i = 0; i < 64; ++i) submit();
  all_submitted.count_down();
  std::this_thread::sleep_for(std::chrono::minutes(1));
}

// Whole lines only: the last may have been cut off by the kill.
std::set<std::int64_t> acknowledged_in(const std::string& output) {
  std::set<std::int64_t> ids;
  std::istringstream lines(output.substr(0, output.rfind('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ack ")) ids.insert(std::stoll(line.substr(4)));
  }
  return ids;
}

class Crash : public ContractTest {};

TEST_P(Crash, loses_nothing_acknowledged_to_kill_9) {
  database_.reset();
  std::mt19937 random(kSeed);
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < kRounds; ++round) {
    auto victim = testing::ChildProcess::start(
        {.arguments = {"/proc/self/exe", "--gtest_also_run_disabled_tests",
                       "--gtest_filter=CrashVictim.*"},
         .environment = {{kPlaceVariable, place_}}});
    ASSERT_TRUE(victim) << victim.error().text();
    const Status writing = (*victim)->wait_for_text("ack ");
    ASSERT_TRUE(writing) << writing.error().text();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
    (*victim)->kill();
    acknowledged.merge(acknowledged_in((*victim)->output()));

    open();
    if (HasFatalFailure()) return;
    const auto lefts = ids_in(*database_, "SELECT id FROM lefts");
    const auto rights = ids_in(*database_, "SELECT id FROM rights");
    ASSERT_TRUE(lefts && rights);
    EXPECT_EQ(*lefts, *rights) << "half a job, in round " << round;
    EXPECT_TRUE(std::ranges::includes(*lefts, acknowledged)) << "lost, in round " << round;
    database_.reset();
  }
  EXPECT_GT(acknowledged.size(), 1000u);
}

INSTANTIATE_TEST_SUITE_P(Backends, Crash, ::testing::Values(Backend::sqlite, Backend::postgresql),
                         backend_name);

}  // namespace
}  // namespace nocturn::store
