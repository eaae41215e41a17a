#include "end_to_end/ledger_crash/promises.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "base/text.h"
#include "end_to_end/ledger_crash/tally.h"
#include "ledger/export.h"
#include "ledger/files.h"
#include "ledger/merkle.h"
#include "ledger/note.h"
#include "ledger/verify.h"

namespace nocturn::testing {
namespace {

constexpr std::uint64_t kEntriesAtOnce = 10'000;
constexpr int kMoreEntries = 300;  // recorded after a crash: more than a tile

void expect_sound(const Result<ledger::Report>& report, std::uint64_t size) {
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_TRUE(report->sound()) << report->faults.front().where << report->faults.front().what;
  ASSERT_EQ(report->size, size);
}

crypto::Hash hash_of(std::string_view bytes) {
  crypto::Hash hash{};
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

}  // namespace

void Promises::said(std::string_view text) {
  std::istringstream lines{std::string(text.substr(0, text.rfind('\n') + 1))};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what, value;
    std::uint64_t number = 0;
    words >> what >> number >> value;
    if (what == "entry") entries_[number] = value;
    if (what == "signed") promise_root(number, value);
  }
}

void Promises::seen(const std::filesystem::path& checkpoint) {
  const auto note = ledger::read_file(checkpoint);
  if (!note) return;  // killed before the first
  const auto head = ledger::parse_tree_head(note->substr(0, note->find("\n\n") + 1));
  ASSERT_TRUE(head) << checkpoint << " is torn";
  if (roots_.empty() || head->size >= roots_.rbegin()->first) last_note_ = *note;
  promise_root(head->size, to_hex(head->root));
}

void Promises::promise_root(std::uint64_t size, const std::string& root) {
  const auto [known, added] = roots_.emplace(size, root);
  ASSERT_EQ(known->second, root) << "two roots for size " << size;
}

void Promises::hold(const std::filesystem::path& folder, const std::filesystem::path& scratch) {
  auto opened = TalliedLedger::open(folder);
  ASSERT_TRUE(opened) << opened.error().text();
  ledger::Ledger& log = *opened->ledger;
  ASSERT_FALSE(log.refusal()) << log.refusal()->text();
  ASSERT_NO_FATAL_FAILURE(expect_entries(log));
  ASSERT_NO_FATAL_FAILURE(expect_checkpoints(log));
  const ledger::Expectation expected{log.verifier_key(), last_note_};
  const auto sound = [&] { return ledger::verify(ledger::files_in(folder / "tiles"), expected); };
  expect_sound(sound(), log.checkpoint().size);
  // What the database holds, too, is what was signed.
  const auto lines = scratch / "entries.jsonl";
  ASSERT_TRUE(ledger::export_lines(*opened->database, folder / "tiles", lines));
  expect_sound(ledger::verify_lines(lines, expected), log.checkpoint().size);
  const auto replayed = replayed_tally(*opened->database, scratch / "replayed.db");
  ASSERT_TRUE(replayed) << replayed.error().text();
  ASSERT_EQ(tally(*opened->database).value(), *replayed);

  const std::uint64_t before = log.checkpoint().size;
  // Small ones, unlike number 0: each round verifies those of all rounds before it.
  for (int number = 1; number < kMoreEntries; number += 100) {
    const auto more = log.record([&](auto&, auto) -> Result<std::vector<ledger::Event>> {
      return std::vector<ledger::Event>(100, event_of(number));
    });
    ASSERT_TRUE(more) << more.error().text();
  }
  ASSERT_TRUE(log.publish());
  expect_sound(sound(), before + kMoreEntries);
  seen(folder / "tiles/checkpoint");
}

void Promises::expect_entries(const ledger::Ledger& log) {
  std::uint64_t next = 0;
  for (bool more = true; more;) {
    const auto some = log.entries(next, kEntriesAtOnce);
    ASSERT_TRUE(some) << some.error().text();
    for (const ledger::Entry& entry : *some) {
      ASSERT_EQ(entry.index, next++);
      if (const auto promised = entries_.find(entry.index); promised != entries_.end()) {
        ASSERT_EQ(promised->second, entry.id) << "entry " << entry.index << " was replaced";
      }
    }
    more = !some->empty();
  }
  if (!entries_.empty()) {
    ASSERT_GT(next, entries_.rbegin()->first) << "an acknowledged entry is lost";
  }
  ASSERT_EQ(log.checkpoint().size, next);
}

void Promises::expect_checkpoints(const ledger::Ledger& log) {
  const ledger::Checkpoint now = log.checkpoint();
  for (const auto& [size, root] : roots_) {
    ASSERT_LE(size, now.size) << "a checkpoint that was seen is lost";
    const auto path = log.consistency(size);
    ASSERT_TRUE(path) << path.error().text();
    const auto bytes = from_hex(root);
    ASSERT_TRUE(bytes);
    const Status extends = ledger::verify_consistency(size, hash_of(as_text(*bytes)), now.size,
                                                      hash_of(now.root), *path);
    ASSERT_TRUE(extends) << "fork at size " << size << ": " << extends.error().text();
  }
}

}  // namespace nocturn::testing
