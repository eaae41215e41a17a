// A ledger, honest or tampered with, before two checkers: our own, and one that shares no code
// with us (main.go, built here from the primitives of golang.org/x/mod/sumdb).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/tiles.h"
#include "ledger/verify.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::ledger {
namespace {

namespace fs = std::filesystem;
using Leaves = std::vector<std::string>;

constexpr int kEntries = 66'000;  // more than 256², so that there are tiles of three levels
constexpr int kKept = 40'000;     // entries when somebody kept a checkpoint

std::string slurp(const fs::path& file) { return read_file(file).value(); }
// Never through a name that is linked elsewhere: copies of a log share the files that are equal.
void spill(const fs::path& file, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  fs::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
}

Event event(int number) {
  return {.type = number % 2 == 0 ? "monitoring.verdict.changed" : "inventory.instance.added",
          .object = fmt::format("instance/catalog-{}", number % 10),
          .payload = fmt::format(R"({{"number":{}}})", number)};
}

// The log that all tests look at: made once, by a real Ledger, then only read.
class World {
 public:
  World() {
    auto database = store::Database::open((folder_ / "log.db").string());
    CHECK(database.has_value());
    const store::ModuleMigrations modules[] = {{"ledger", migrations()}};
    CHECK((*database)->migrate(modules).has_value());
    const SystemClock clock;
    SystemRandom random;
    auto ledger = Ledger::open(**database,
                               {.origin = "log.example/ledger",
                                .tiles = log(),
                                .key = folder_ / "key",
                                .memory = folder_ / "memory",
                                .appliers = {}},
                               clock, random);
    CHECK(ledger.has_value());
    vkey_ = (*ledger)->verifier_key();
    append(**ledger, kKept);
    spill(kept(), (*ledger)->publish().value().note);
    append(**ledger, kEntries - kKept);
    CHECK((*ledger)->publish().value().size == kEntries);
    const auto path = (*ledger)->consistency(kKept).value();
    std::string lines;
    for (const Hash& hash : path) lines += to_base64(hash) + '\n';
    spill(consistency(), lines);
    for (const std::uint64_t index : {0, 255, 256, 39'999, 65'535, 65'536, kEntries - 1})
      spill(proofs() / std::to_string(index), (*ledger)->proof(index).value());
    signer_ = Signer::parse(slurp(folder_ / "key")).value();
    build_checker();
  }

  fs::path log() const { return folder_ / "log"; }
  fs::path kept() const { return folder_ / "kept"; }
  fs::path consistency() const { return folder_ / "consistency"; }
  fs::path proofs() const { return folder_ / "proofs"; }
  std::string checker() const { return (folder_ / "ledger_checker").string(); }
  const std::string& vkey() const { return vkey_; }
  const Signer& signer() const { return *signer_; }

  Leaves leaves() const {
    Leaves all;
    for (int index = 0; index * 256 < kEntries; ++index) {
      const auto width = std::min(256, kEntries - index * 256);
      const TileName name{kBundles, static_cast<std::uint64_t>(index),
                          static_cast<std::uint32_t>(width)};
      const std::string bundle = slurp(log() / path_of(name));
      const auto some = parse_bundle(bundle, name.width).value();
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

 private:
  void append(Ledger& ledger, int count) {
    for (int done = 0; done < count; done += 1'000) {
      const auto recorded =
          ledger.record([&](store::Reader&, WallTime) -> Result<std::vector<Event>> {
            std::vector<Event> events;
            for (int i = 0; i < 1'000; ++i) events.push_back(event(recorded_ + i));
            return events;
          });
      CHECK(recorded.has_value());
      recorded_ += 1'000;
    }
  }
  void build_checker() {
    const auto built =
        testing::run_to_end({.arguments = {"go", "build", "-o", checker(), LEDGER_CHECKER_SOURCE},
                             .environment = {{"GO111MODULE", "off"},
                                             {"GOPATH", "/usr/share/gocode"},
                                             {"GOFLAGS", ""},
                                             {"GOCACHE", LEDGER_CHECKER_CACHE}}},
                            std::chrono::minutes(5));
    CHECK(built.has_value());
    if (built->ending.exit_code != 0) std::fputs(built->errors.c_str(), stderr);
    CHECK(built->ending.exit_code == 0);
  }

  testing::TemporaryFolder folder_;
  std::string vkey_;
  std::optional<Signer> signer_;
  int recorded_ = 0;
};

World& world() {
  static World made;
  return made;
}

class TamperTest : public ::testing::Test {
 protected:
  // A copy to spoil.
  fs::path victim() {
    const fs::path copy = folder_ / "victim";
    if (!fs::exists(copy))
      fs::copy(world().log(), copy,
               fs::copy_options::recursive | fs::copy_options::create_hard_links);
    return copy;
  }

  // As spill(), sharing the honest log's file when it holds the same.
  void write(const fs::path& folder, const TileName& name, std::string_view bytes) {
    const fs::path honest = world().log() / path_of(name), file = folder / path_of(name);
    if (!fs::exists(honest) || slurp(honest) != bytes) return spill(file, bytes);
    fs::create_directories(file.parent_path());
    fs::remove(file);
    fs::create_hard_link(honest, file);
  }

  // A whole log of these entries, as somebody who holds the signing key would make it.
  fs::path forge(const Leaves& leaves, const Signer& signer) {
    const fs::path folder = folder_ / "forged";
    Frontier frontier;
    std::string bundle;
    const auto write_tile = [&](const TileName& name, std::span<const Hash> hashes) {
      write(folder, name, tile_bytes(hashes));
      return Status();
    };
    for (const auto& leaf : leaves) {
      append_to_bundle(bundle, leaf);
      EXPECT_TRUE(frontier.append(leaf_hash(leaf), write_tile));
      if (frontier.size() % kTileWidth == 0)
        write(folder, {kBundles, frontier.size() / kTileWidth - 1, kTileWidth},
              std::exchange(bundle, {}));
    }
    for (const TileName& name : partial_tiles(leaves.size())) {
      const bool entries = name.level == kBundles;
      write(folder, name,
            entries ? std::string_view(bundle) : tile_bytes(frontier.unfinished(name.level)));
    }
    spill(folder / "checkpoint",
          signer.sign(to_text(TreeHead{signer.verifier().name, leaves.size(), frontier.root()})));
    return folder;
  }

  std::vector<std::string> ours(const fs::path& folder, bool against_kept) {
    const auto report =
        verify(files_in(folder), {.verifier_key = world().vkey(),
                                  .kept_checkpoint = against_kept ? slurp(world().kept()) : ""});
    if (!report) return {report.error().text()};
    std::vector<std::string> faults;
    for (const Fault& fault : report->faults) faults.push_back(fault.where + ": " + fault.what);
    return faults;
  }

  // Empty when the outside checker finds the ledger sound, else what it says.
  std::string theirs(const fs::path& folder, bool against_kept,
                     std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{world().checker(), "-folder", folder.string(), "-vkey",
                                       world().vkey()};
    if (against_kept) arguments.insert(arguments.end(), {"-kept", world().kept().string()});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome =
        testing::run_to_end({.arguments = std::move(arguments)}, std::chrono::minutes(1));
    if (!outcome) return outcome.error().text();
    return outcome->ending.exit_code == 0 ? "" : "refused: " + outcome->errors;
  }

  void expect_refused(const fs::path& folder, bool against_kept = false) {
    EXPECT_FALSE(ours(folder, against_kept).empty());
    EXPECT_NE(theirs(folder, against_kept), "");
  }
  void expect_sound(const fs::path& folder, bool against_kept = false) {
    EXPECT_THAT(ours(folder, against_kept), ::testing::IsEmpty());
    EXPECT_EQ(theirs(folder, against_kept), "");
  }

  testing::TemporaryFolder folder_;
};

TEST_F(TamperTest, the_honest_log_is_sound_with_all_its_proofs) {
  expect_sound(world().log(), true);
  std::vector<std::string> more{"-consistency", world().consistency().string()};
  for (const auto& proof : fs::directory_iterator(world().proofs()))
    more.push_back(proof.path().string());
  EXPECT_EQ(theirs(world().log(), true, more), "");
  const auto report = verify(files_in(world().log()), {world().vkey(), ""}).value();
  EXPECT_EQ(report.entries, static_cast<std::uint64_t>(kEntries));
  EXPECT_EQ(report.tiles, 258U + 2U + 1U);
}

TEST_F(TamperTest, one_flipped_byte_in_any_class_of_file_is_refused) {
  const fs::path folder = victim();
  for (const char* path : {"checkpoint", "tile/entries/007", "tile/entries/257.p/208", "tile/0/007",
                           "tile/0/257.p/208", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"}) {
    SCOPED_TRACE(path);
    const std::string whole = slurp(folder / path);
    std::string flipped = whole;
    flipped[whole.size() / 2] ^= 1;
    spill(folder / path, flipped);
    expect_refused(folder);
    spill(folder / path, whole);
  }
  expect_sound(folder);
}

TEST_F(TamperTest, an_entry_forged_together_with_its_tiles_is_refused_at_every_level) {
  Leaves leaves = world().leaves();
  std::string& forged_leaf = leaves[1'000];
  forged_leaf.replace(forged_leaf.find("internal"), 8, "personal");
  const fs::path forged = forge(leaves, world().signer());
  const fs::path folder = victim();
  // Each step forges one level more, up to everything but the signed root.
  for (const char* path : {"tile/entries/003", "tile/0/003", "tile/1/000", "tile/2/000.p/1"}) {
    SCOPED_TRACE(path);
    ASSERT_NE(slurp(folder / path), slurp(forged / path));
    spill(folder / path, slurp(forged / path));
    expect_refused(folder);
  }
}

TEST_F(TamperTest, swapped_and_repeated_entries_are_refused) {
  const Leaves honest = world().leaves();
  for (const bool repeat : {false, true}) {
    Leaves leaves = honest;
    if (repeat)
      leaves[501] = leaves[500];
    else
      std::swap(leaves[500], leaves[501]);
    const fs::path forged = forge(leaves, world().signer());
    const fs::path folder = victim();
    for (const char* path : {"tile/entries/001", "tile/0/001"}) {
      spill(folder / path, slurp(forged / path));
      expect_refused(folder);
    }
    fs::remove_all(folder);
  }
}

TEST_F(TamperTest, a_repeated_entry_is_noticed_even_when_it_is_signed) {
  Leaves leaves = world().leaves();
  leaves.insert(leaves.begin() + 50'000, leaves[49'999]);
  leaves.pop_back();
  expect_refused(forge(leaves, world().signer()));
}

TEST_F(TamperTest, a_left_out_entry_is_noticed_even_when_it_is_signed) {
  Leaves leaves = world().leaves();
  leaves.erase(leaves.begin() + 50'000);
  expect_refused(forge(leaves, world().signer()));
}

TEST_F(TamperTest, a_tail_that_was_cut_off_is_refused) {
  const fs::path folder = victim();
  const std::string bundle = slurp(folder / "tile/entries/257.p/208");
  spill(folder / "tile/entries/257.p/208", bundle.substr(0, bundle.size() / 2));
  expect_refused(folder);
  fs::remove(folder / "tile/entries/257.p/208");
  expect_refused(folder);
  fs::remove_all(folder);
  // Cut off cleanly and signed again: only somebody who kept a checkpoint can tell.
  Leaves leaves = world().leaves();
  leaves.resize(kKept - 1);
  const fs::path shorter = forge(leaves, world().signer());
  expect_sound(shorter);
  expect_refused(shorter, true);
}

TEST_F(TamperTest, an_edited_size_is_refused) {
  const fs::path folder = victim();
  std::string note = slurp(folder / "checkpoint");
  note.replace(note.find("66000"), 5, "65999");
  spill(folder / "checkpoint", note);
  expect_refused(folder);
}

TEST_F(TamperTest, a_foreign_origin_or_key_is_refused) {
  const fs::path folder = victim();
  const TreeHead head =
      open_checkpoint(slurp(folder / "checkpoint"), world().signer().verifier()).value();
  TreeHead foreign = head;
  foreign.origin = "other.example/ledger";
  spill(folder / "checkpoint", world().signer().sign(to_text(foreign)));
  expect_refused(folder);
  SeededRandom random(1);
  const Signer other = Signer::parse(Signer::make_text("log.example/ledger", random)).value();
  spill(folder / "checkpoint", other.sign(to_text(head)));
  expect_refused(folder);
}

TEST_F(TamperTest, a_rewritten_and_signed_history_is_refused_by_whoever_kept_a_checkpoint) {
  Leaves leaves = world().leaves();
  std::string& rewritten = leaves[5];
  rewritten.replace(rewritten.find("internal"), 8, "personal");
  const fs::path forged = forge(leaves, world().signer());
  expect_sound(forged);  // this is why checkpoints are to be kept by others
  expect_refused(forged, true);
}

}  // namespace
}  // namespace nocturn::ledger
