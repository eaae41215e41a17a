// kill -9 at random moments, again and again on the same ledger: nothing that was acknowledged is
// lost, no size ever has two roots, and what is left verifies.
//
// NOCTURN_CRASH_ROUNDS sets how often (30).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "base/text.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/verify.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::ledger {
namespace {

using namespace std::chrono_literals;

constexpr int kRoundsPerLedger = 25;  // then a new one, so that verifying it stays quick

int rounds() {
  const char* wanted = std::getenv("NOCTURN_CRASH_ROUNDS");
  return wanted != nullptr ? std::atoi(wanted) : 30;
}

// One ledger, and everything that was ever promised about it.
class Victim {
 public:
  // Starts the writer, kills it after a while, and takes down what it said.
  void run_and_kill(std::mt19937& chance) {
    auto child =
        testing::ChildProcess::start({.arguments = {LEDGER_CRASH_WRITER, folder_.path().string()}});
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
    take_down((*child)->output());
    take_down_signed(folder_ / "tiles/checkpoint");
    take_down_signed(folder_ / "memory");
  }

  void check() {
    auto database = store::Database::open((folder_ / "data.db").string());
    ASSERT_TRUE(database) << database.error().text();
    const store::ModuleMigrations modules[] = {{"ledger", migrations()}};
    ASSERT_TRUE((*database)->migrate(modules));
    const SystemClock clock;
    SystemRandom random;
    auto ledger = Ledger::open(**database,
                               {.origin = "crash.example/ledger",
                                .tiles = folder_ / "tiles",
                                .key = folder_ / "key",
                                .memory = folder_ / "memory",
                                .appliers = {}},
                               clock, random);
    ASSERT_TRUE(ledger) << ledger.error().text();
    ASSERT_FALSE((*ledger)->refusal()) << (*ledger)->refusal()->text();
    std::uint64_t next = 0;
    for (auto some = (*ledger)->entries(0, 10'000); !some->empty();
         some = (*ledger)->entries(next, 10'000)) {
      ASSERT_TRUE(some) << some.error().text();
      for (const Entry& entry : *some) {
        ASSERT_EQ(entry.index, next++);
        if (const auto promised = entries_.find(entry.index); promised != entries_.end()) {
          ASSERT_EQ(promised->second, entry.id) << "entry " << entry.index << " was replaced";
        }
      }
    }
    if (!entries_.empty()) {
      ASSERT_GT(next, entries_.rbegin()->first) << "an acknowledged entry is lost";
    }
    take_down_root((*ledger)->checkpoint().size, to_hex(as_bytes((*ledger)->checkpoint().root)));
    const auto report =
        verify(files_in(folder_ / "tiles"), {(*ledger)->verifier_key(), last_note_});
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_EQ(report->size, next);
    ASSERT_TRUE(report->sound()) << report->faults.front().where << report->faults.front().what;
    last_note_ = (*ledger)->checkpoint().note;
  }

  std::size_t promised() const { return entries_.size(); }
  std::size_t signed_sizes() const { return roots_.size(); }

 private:
  void take_down(const std::string& output) {
    std::istringstream lines(output);
    std::string line;
    while (std::getline(lines, line)) {
      if (lines.eof()) break;  // a line that death cut short
      std::istringstream words(line);
      std::string what, text;
      std::uint64_t number = 0;
      words >> what >> number >> text;
      if (what == "entry") entries_[number] = text;
      if (what == "signed") take_down_root(number, text);
    }
  }
  void take_down_signed(const std::filesystem::path& file) {
    const auto note = read_file(file);
    if (!note) return;  // killed before the first
    const auto head = parse_tree_head(note->substr(0, note->find("\n\n") + 1));
    ASSERT_TRUE(head) << file << " is torn";
    take_down_root(head->size, to_hex(head->root));
  }
  void take_down_root(std::uint64_t size, const std::string& root) {
    const auto [known, added] = roots_.emplace(size, root);
    ASSERT_EQ(known->second, root) << "two roots for size " << size;
  }

  testing::TemporaryFolder folder_;
  std::map<std::uint64_t, std::string> entries_;  // acknowledged: id by index
  std::map<std::uint64_t, std::string> roots_;    // ever signed: root by size
  std::string last_note_;
};

TEST(Crash, kill_at_any_moment_loses_nothing_acknowledged_and_never_forks) {
  const auto seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 chance(seed);
  auto victim = std::make_unique<Victim>();
  std::size_t promised = 0, signed_sizes = 0;
  for (int round = 0; round < rounds() && !HasFatalFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}, seed {}", round, seed));
    if (round % kRoundsPerLedger == 0 && round > 0) {
      promised += victim->promised();
      signed_sizes += victim->signed_sizes();
      victim = std::make_unique<Victim>();
    }
    victim->run_and_kill(chance);
    if (!HasFatalFailure()) victim->check();
  }
  fmt::print("{} rounds: {} entries acknowledged, {} sizes signed\n", rounds(),
             promised + victim->promised(), signed_sizes + victim->signed_sizes());
}

}  // namespace
}  // namespace nocturn::ledger
