// kill -9 at random moments, again and again on the same ledger: nothing that was acknowledged is
// lost, no size ever has two roots, and what is left verifies.
//
// NOCTURN_CRASH_ROUNDS sets how often (30).

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "end_to_end/ledger_crash/promises.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::testing {
namespace {

constexpr int kRoundsPerLedger = 25;  // then a new one, so that verifying it stays quick

int rounds() {
  const char* wanted = std::getenv("NOCTURN_CRASH_ROUNDS");
  return wanted != nullptr ? std::atoi(wanted) : 30;
}

class Victim {
 public:
  // Starts the writer, kills it after a while, and takes down what it said.
  void run_and_kill(std::mt19937& chance) {
    auto child = ChildProcess::start({{LEDGER_CRASH_WRITER, folder_.path().string(), "16"}});
    ASSERT_TRUE(child) << child.error().text();
    // Mostly while it works; now and then while it still opens.
    if (chance() % 5 != 0) {
      ASSERT_TRUE((*child)->wait_for_text("open"));
      std::this_thread::sleep_for(std::chrono::microseconds(chance() % 80'000));
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(chance() % 30'000));
    }
    const auto ending = (*child)->kill();
    ASSERT_EQ(ending.signal, SIGKILL) << (*child)->errors();
    promises_.said((*child)->output());
    promises_.seen(folder_ / "tiles/checkpoint");
    promises_.seen(folder_ / "memory");
  }
  void check() {
    const TemporaryFolder scratch;
    promises_.hold(folder_.path(), scratch.path());
  }
  const Promises& promises() const { return promises_; }

 private:
  TemporaryFolder folder_;
  Promises promises_;
};

TEST(Crash, kill_at_any_moment_loses_nothing_acknowledged_and_never_forks) {
  const auto seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 chance(seed);
  auto victim = std::make_unique<Victim>();
  std::size_t entries = 0, checkpoints = 0;
  for (int round = 0; round < rounds() && !HasFatalFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}, seed {}", round, seed));
    if (round % kRoundsPerLedger == 0 && round > 0) {
      entries += victim->promises().entries();
      checkpoints += victim->promises().checkpoints();
      victim = std::make_unique<Victim>();
    }
    victim->run_and_kill(chance);
    if (!HasFatalFailure()) victim->check();
  }
  entries += victim->promises().entries();
  checkpoints += victim->promises().checkpoints();
  EXPECT_GT(entries, 0U) << "nothing was promised, so nothing was tested";
  fmt::print("{} rounds: {} entries acknowledged, {} sizes signed\n", rounds(), entries,
             checkpoints);
}

}  // namespace
}  // namespace nocturn::testing
