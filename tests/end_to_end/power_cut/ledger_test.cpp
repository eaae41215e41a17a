// The power fails at random moments while 64 callers append. Each time the disk is found as it was
// in that moment, less what nobody had flushed: nothing acknowledged may be missing, the log must
// extend every checkpoint that anybody could have fetched before, tables must equal a replay, and
// recording must go on. The memory of what was signed last lies on the same disk.
//
// NOCTURN_POWER_CUTS sets how many (12).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "end_to_end/ledger_crash/promises.h"
#include "end_to_end/power_cut/powered_disk.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSize = std::uint64_t{3} << 30;  // so much that the log is made in advance
constexpr int kCutsPerRound = 4;
constexpr int kRoundsPerLedger = 4;  // then a new one, so that verifying it stays quick

int wanted_cuts() {
  const char* wanted = std::getenv("NOCTURN_POWER_CUTS");
  return wanted != nullptr ? std::atoi(wanted) : 12;
}

// A disk in the moment of a power cut, and what the world knew by then.
struct Cut {
  PoweredDisk::Cut found;
  Unflushed rest = {};
  Promises promises = {};
};

class PowerCut : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = why_no_powered_disk(); !missing.empty())
      GTEST_SKIP() << missing;
  }
  std::unique_ptr<PoweredDisk> power_on(DiskImage image) {
    auto disk = PoweredDisk::plug_in(std::move(image), folder_ / fmt::format("disk{}", ++disks_));
    EXPECT_TRUE(disk) << disk.error().text();
    if (const Status mounted = (*disk)->mount(); !mounted) {
      ADD_FAILURE() << mounted.error().text();
      return nullptr;
    }
    return std::move(*disk);
  }
  PoweredDisk::Cut formatted() {
    const auto disk = PoweredDisk::plug_in(DiskImage(kSize), folder_ / "new");
    EXPECT_TRUE(disk && (*disk)->format());
    return (*disk)->cut(Unflushed::kept, chance_);
  }
  // Lets the writer work from the moment of `from` on, and cuts the power meanwhile; not before
  // the head start is over.
  std::vector<Cut> run_and_cut(Cut& from, std::chrono::milliseconds head_start);
  void check(Cut& cut);

  std::uint32_t seed_ = std::random_device()();
  std::mt19937 chance_{seed_};
  TemporaryFolder folder_;
  int disks_ = 0;
  // Summed over the cuts: how much was held to, and how often the disk had something to lose.
  std::size_t entries_ = 0, checkpoints_ = 0, caught_unflushed_ = 0;
};

std::vector<Cut> PowerCut::run_and_cut(Cut& from, std::chrono::milliseconds head_start) {
  std::vector<Cut> cuts;
  const auto disk = power_on(from.found.image.share());
  if (!disk) return cuts;
  const auto started = ChildProcess::start({{LEDGER_CRASH_WRITER, disk->files().string(), "64"}});
  EXPECT_TRUE(started) << started.error().text();
  ChildProcess& writer = **started;
  // Mostly while it works; now and then while it still opens.
  const bool at_work = chance_() % 4 == 0 || writer.wait_for_text("signed");
  EXPECT_TRUE(at_work) << writer.errors();
  std::this_thread::sleep_for(head_start);
  Promises known = from.promises;
  std::size_t told = 0;
  while (cuts.size() < kCutsPerRound && writer.running()) {
    std::this_thread::sleep_for(std::chrono::microseconds(chance_() % 200'000));
    const std::string said = writer.output();
    known.said(std::string_view(said).substr(told));
    told = said.rfind('\n') + 1;
    known.seen(disk->files() / "tiles/checkpoint");
    const Unflushed any[] = {Unflushed::lost, Unflushed::kept, Unflushed::torn};
    const Unflushed rest = any[chance_() % 3];
    const unsigned writes = chance_() % 40;
    cuts.push_back({writes < 10 ? disk->cut(rest, chance_) : disk->cut_after(writes, rest, chance_),
                    rest, known});
  }
  EXPECT_EQ(writer.kill().signal, SIGKILL) << writer.errors();
  EXPECT_TRUE(disk->unmount());
  return cuts;
}

void PowerCut::check(Cut& cut) {
  const auto disk = power_on(cut.found.image.share());
  ASSERT_TRUE(disk);
  const auto scratch = disk->files() / "scratch";
  std::filesystem::create_directory(scratch);
  entries_ += cut.promises.entries();
  checkpoints_ += cut.promises.checkpoints();
  Promises promises = cut.promises;  // what is signed now is promised in another world
  promises.hold(disk->files(), scratch);
  EXPECT_TRUE(disk->unmount());
}

TEST_F(PowerCut, at_any_moment_loses_nothing_acknowledged_and_never_forks) {
  RecordProperty("seed", std::to_string(seed_));
  int done = 0;
  Cut start{formatted()};
  const int wanted = wanted_cuts();
  for (int round = 0; done < wanted && !HasFailure(); ++round) {
    if (round > 0 && round % kRoundsPerLedger == 0) start = {formatted()};
    // Now and then so much that the write-ahead log is started over.
    const bool much = round % kRoundsPerLedger == kRoundsPerLedger - 1;
    std::vector<Cut> cuts =
        run_and_cut(start, much ? std::chrono::milliseconds(2'000 + chance_() % 6'000) : 0ms);
    ASSERT_FALSE(cuts.empty());
    for (Cut& cut : cuts) {
      SCOPED_TRACE(fmt::format("cut {}, seed {}, {} bytes unflushed ({})", ++done, seed_,
                               cut.found.unflushed, static_cast<int>(cut.rest)));
      caught_unflushed_ += cut.found.unflushed > 0 ? 1 : 0;
      check(cut);
      if (HasFailure()) return;
    }
    // The power comes back after one of them.
    const auto found = static_cast<std::size_t>(chance_() % cuts.size());
    start = std::move(cuts[found]);
  }
  EXPECT_GT(entries_, 0U) << "nothing was promised, so nothing was tested";
  fmt::print(
      "{} power cuts, {} of them with unflushed writes in the disk's cache: "
      "{} acknowledged entries and {} checkpoints held\n",
      done, caught_unflushed_, entries_, checkpoints_);
}

}  // namespace
}  // namespace nocturn::testing
