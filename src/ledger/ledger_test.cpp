#include "ledger/ledger.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <latch>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "ledger/envelope.h"
#include "ledger/files.h"
#include "ledger/fixture_test.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/verify.h"
#include "support/postgresql_server.h"

namespace nocturn::ledger {
namespace {

using namespace std::chrono_literals;

TEST_F(LedgerTest, has_a_checkpoint_before_its_first_entry) {
  EXPECT_EQ(ledger_->checkpoint().size, 0U);
  const auto key = parse_verifier_key(ledger_->verifier_key()).value();
  EXPECT_EQ(open_checkpoint(ledger_->checkpoint().note, key).value().root, empty_root());
  EXPECT_EQ(read_file(tiles() / "checkpoint").value(), ledger_->checkpoint().note);
}

TEST_F(LedgerTest, gives_back_what_was_recorded_in_order_without_gaps) {
  append(20);
  const auto entries = ledger_->entries(0, 100).value();
  ASSERT_EQ(entries.size(), 20U);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].index, i);
    EXPECT_EQ(entries[i].event.payload, event(static_cast<int>(i)).payload);
    EXPECT_EQ(entries[i].event.object, event(static_cast<int>(i)).object);
    EXPECT_EQ(entries[i].id.size(), 36U);
  }
  EXPECT_EQ(ledger_->entries(15, 2).value().front().index, 15U);
  EXPECT_FALSE(ledger_->entries(0, 10'001));
}

TEST_F(LedgerTest, keeps_names_and_payloads_out_of_what_it_publishes) {
  append(3);
  const std::string bundle = read_file(tiles() / "tile/entries/000.p/3").value();
  EXPECT_EQ(bundle.find("catalog-"), std::string::npos);
  EXPECT_EQ(bundle.find("number"), std::string::npos);
  const auto leaves = parse_bundle(bundle, 3).value();
  const auto first = parse_leaf(leaves[0]).value();
  EXPECT_EQ(first.object_class, "instance");
  EXPECT_EQ(first.source, "/test");
  EXPECT_EQ(first.sequence, 1U);
  EXPECT_EQ(parse_leaf(leaves[2]).value().sequence, 2U) << "each source counts for itself";
}

TEST_F(LedgerTest, never_goes_back_in_time_when_the_clock_does) {
  append(1);
  clock_.step_wall(-1h);
  append(1);
  clock_.advance(10min);
  append(1);
  clock_.step_wall(2h);
  append(1);
  const auto entries = ledger_->entries(0, 10).value();
  EXPECT_EQ(entries[1].time, entries[0].time);
  EXPECT_EQ(entries[2].time, entries[0].time);
  EXPECT_EQ(entries[3].time, entries[0].time + 70min);
  EXPECT_LT(entries[0].id.substr(0, 13), entries[3].id.substr(0, 13));
}

TEST_F(LedgerTest, lets_a_rule_see_what_was_recorded_before_it) {
  const auto outcome = ledger_->record(just({event(0), event(3)}));
  ASSERT_TRUE(outcome);
  std::int64_t seen = -1;
  const auto refused =
      ledger_->record([&](store::Reader& reader, WallTime now) -> Result<std::vector<Event>> {
        EXPECT_EQ(now, clock_.wall());
        TRY_STATUS(reader.query("SELECT SUM(entries) FROM test_counts", {},
                                [&](const store::Row& row) { seen = row.integer(0); }));
        return fail(ErrorCode::conflict, "not now");
      });
  EXPECT_EQ(seen, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not now");
  EXPECT_EQ(ledger_->entries(0, 10).value().size(), 2U);
}

TEST_F(LedgerTest, refuses_events_that_would_not_read_back) {
  Event bad = event(0);
  bad.type = "No Type";
  EXPECT_FALSE(ledger_->record(just({event(0), bad})));
  bad = event(0);
  bad.payload = std::string("{\0}", 3);
  EXPECT_FALSE(ledger_->record(just({bad})));
  bad.payload = std::string((1 << 20) + 1, 'x');
  EXPECT_EQ(ledger_->record(just({bad})).error().code, ErrorCode::limited);
  EXPECT_TRUE(ledger_->entries(0, 10).value().empty()) << "nothing of a refused decision stays";
}

TEST_F(LedgerTest, keeps_the_others_of_a_group_when_an_applier_fails) {
  constexpr int kCallers = 40;
  std::atomic<int> failed = 0;
  std::latch all(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    Event one = event(i);
    if (i % 10 == 6) one = {.type = "test.refused", .object = "cloud", .payload = R"("refuse me")"};
    ledger_->record(just({one}), [&](Result<std::vector<Entry>> outcome) {
      failed += outcome ? 0 : 1;
      all.count_down();
    });
  }
  all.wait();
  EXPECT_EQ(failed, 4);
  const auto entries = ledger_->entries(0, 100).value();
  ASSERT_EQ(entries.size(), 36U);
  std::map<std::string, std::uint64_t> sequences;
  ASSERT_TRUE(ledger_->publish());
  const std::string bundle = read_file(tiles() / "tile/entries/000.p/36").value();
  const auto leaves = parse_bundle(bundle, 36).value();
  for (const auto leaf : leaves) {
    const auto envelope = parse_leaf(leaf).value();
    EXPECT_EQ(envelope.sequence, ++sequences[envelope.source]);
  }
}

TEST_F(LedgerTest, tells_each_caller_about_its_own_entries_and_the_reaction_about_all) {
  std::vector<std::uint64_t> told;
  ledger_->on_committed([&](std::span<const Entry> entries) {
    for (const Entry& entry : entries) told.push_back(entry.index);
  });
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 8; ++caller)
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 50; ++i) {
        const auto mine = ledger_->record(just({event(caller * 100 + i)}));
        ASSERT_TRUE(mine);
        ASSERT_EQ(mine->size(), 1U);
        EXPECT_EQ(mine->front().event.payload, event(caller * 100 + i).payload);
      }
    });
  callers.clear();
  ASSERT_EQ(told.size(), 400U);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i);
}

TEST_F(LedgerTest, publishes_soon_by_itself) {
  ASSERT_TRUE(ledger_->record(just({event(1)})));
  const SystemClock clock;
  const SteadyTime start = clock.steady();
  while (ledger_->checkpoint().size < 1 && clock.steady() - start < 10s) std::this_thread::yield();
  EXPECT_EQ(ledger_->checkpoint().size, 1U);
}

TEST_F(LedgerTest, records_while_it_cannot_publish_and_publishes_when_it_can) {
  append(10);
  std::filesystem::rename(tiles() / "tile", folder_ / "aside");
  std::ofstream(tiles() / "tile") << "in the way";
  ASSERT_TRUE(ledger_->record(just({event(10)})));
  EXPECT_FALSE(ledger_->publish());
  EXPECT_EQ(ledger_->checkpoint().size, 10U);
  std::filesystem::remove(tiles() / "tile");
  std::filesystem::rename(folder_ / "aside", tiles() / "tile");
  EXPECT_EQ(ledger_->publish().value().size, 11U);
  EXPECT_EQ(verify(files_in(tiles()), {ledger_->verifier_key(), ""}).value().faults.size(), 0U);
}

TEST_F(LedgerTest, keeps_its_promises_on_postgresql_too) {
  close();
  const auto server = testing::PostgresqlServer::start();
  ASSERT_TRUE(server) << server.error().text();
  const std::string url = (*server)->new_database().value();
  for (const int already : {0, 35}) {  // the second time, it is opened again
    database_ = open_database(url);
    auto opened = Ledger::open(*database_, options(), clock_, random_);
    ASSERT_TRUE(opened) << opened.error().text();
    ASSERT_FALSE((*opened)->refusal());
    constexpr int kCallers = 40;
    std::latch all(kCallers);
    for (int i = 0; i < kCallers; ++i) {
      Event one = event(i);
      if (i % 8 == 7)
        one = {.type = "test.refused", .object = "cloud", .payload = R"("refuse me")"};
      (*opened)->record(just({one}), [&](const Result<std::vector<Entry>>&) { all.count_down(); });
    }
    all.wait();
    EXPECT_EQ((*opened)->publish().value().size, static_cast<std::uint64_t>(already + 35));
    ASSERT_TRUE((*opened)->erase_payload(3));
    const auto report = verify(files_in(tiles()), {(*opened)->verifier_key(), ""}).value();
    EXPECT_TRUE(report.sound());
    opened->reset();
    database_.reset();
  }
}

TEST_F(LedgerTest, proves_every_entry_and_every_older_checkpoint) {
  const auto key = parse_verifier_key(ledger_->verifier_key()).value();
  std::vector<Checkpoint> kept;
  for (const int step : {1, 2, 250, 3, 1, 300}) {
    append(step);
    kept.push_back(ledger_->checkpoint());
  }
  const std::string bundle = read_file(tiles() / "tile/entries/000").value();
  const auto leaves = parse_bundle(bundle, 256).value();
  for (const std::uint64_t index : {0, 1, 100, 254, 255}) {
    const auto proof = parse_proof(ledger_->proof(index).value()).value();
    EXPECT_TRUE(verify_proof(proof, leaves[index], key)) << index;
    EXPECT_FALSE(verify_proof(proof, leaves[index ^ 1], key)) << index;
  }
  EXPECT_FALSE(ledger_->proof(557));
  const TreeHead now = open_checkpoint(ledger_->checkpoint().note, key).value();
  for (const Checkpoint& old : kept) {
    const TreeHead before = open_checkpoint(old.note, key).value();
    const auto path = ledger_->consistency(before.size).value();
    EXPECT_TRUE(verify_consistency(before.size, before.root, now.size, now.root, path));
  }
}

TEST_F(LedgerTest, goes_on_where_it_stopped) {
  append(300);
  const Checkpoint before = ledger_->checkpoint();
  open();
  EXPECT_EQ(ledger_->checkpoint().note, before.note);
  append(1);
  EXPECT_EQ(ledger_->checkpoint().size, 301U);
  EXPECT_TRUE(ledger_->proof(300));
}

TEST_F(LedgerTest, keeps_few_partial_tiles) {
  for (int i = 0; i < 30; ++i) append(1);
  const auto files = std::filesystem::directory_iterator(tiles() / "tile/0/000.p");
  EXPECT_LE(std::distance(files, {}), 3);
  const TileFiles reader(tiles());
  EXPECT_EQ(reader.read({0, 0, 7}).value().size(), 7 * 32U) << "older ones are cut from newer ones";
  EXPECT_EQ(parse_bundle(reader.read({kBundles, 0, 7}).value(), 7).value().size(), 7U);
}

TEST_F(LedgerTest, forgets_a_payload_and_proves_the_entry_all_the_same) {
  append(5);
  const auto key = parse_verifier_key(ledger_->verifier_key()).value();
  const std::string bundle = read_file(tiles() / "tile/entries/000.p/5").value();
  ASSERT_TRUE(ledger_->erase_payload(2));
  EXPECT_EQ(ledger_->erase_payload(99).error().code, ErrorCode::not_found);
  const auto entries = ledger_->entries(0, 10).value();
  EXPECT_EQ(entries[2].event.payload, "");
  EXPECT_EQ(entries[2].event.object, "instance");
  EXPECT_EQ(entries[3].event.payload, event(3).payload);
  append(1);
  const auto proof = parse_proof(ledger_->proof(2).value()).value();
  EXPECT_TRUE(verify_proof(proof, parse_bundle(bundle, 5).value()[2], key));
  open();
  EXPECT_FALSE(ledger_->refusal());
}

// Nor in the free pages of the database, where longer payloads have lain; and, within seconds, in
// its log.
TEST_F(LedgerTest, an_erased_payload_is_in_no_file_of_a_hub_that_runs_on) {
  std::vector<Event> events;
  for (int number = 0; number < 5; ++number) {
    events.push_back(event(number));
    events.back().object = fmt::format("contact/name-{}", number);
    events.back().payload =
        fmt::format(R"({{"text":"{}word-{}"}})", std::string(9'000, 'n'), number);
  }
  ASSERT_TRUE(ledger_->record(just(events)));
  ASSERT_TRUE(ledger_->erase_payload(2));
  const auto is_anywhere = [&](const std::string& text) {
    const std::filesystem::recursive_directory_iterator files(folder_.path());
    return std::ranges::any_of(files, [&](const std::filesystem::directory_entry& file) {
      return file.is_regular_file() && read_file(file.path()).value().contains(text);
    });
  };
  while (is_anywhere("word-2")) ::usleep(20'000);
  for (const int number : {0, 1, 2, 3, 4}) {
    EXPECT_EQ(is_anywhere(fmt::format("word-{}", number)), number != 2);
    EXPECT_EQ(is_anywhere(fmt::format("name-{}", number)), number != 2);
  }
}

TEST_F(LedgerTest, rebuilding_every_table_gives_the_same_tables) {
  append(500);
  const auto fresh = open_database((folder_ / "fresh.db").string());
  ASSERT_TRUE(rebuild(*database_, *fresh, kCounting));
  EXPECT_FALSE(counts(*fresh).empty());
  EXPECT_EQ(counts(*fresh), counts(*database_));
}

TEST_F(LedgerTest, refuses_a_key_that_others_may_read_or_that_signs_for_another) {
  close();
  database_ = open_database(database_file());
  Options other = options();
  other.origin = "other.example";
  EXPECT_EQ(Ledger::open(*database_, other, clock_, random_).error().code, ErrorCode::conflict);
  std::filesystem::permissions(options().key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(Ledger::open(*database_, options(), clock_, random_).error().code,
            ErrorCode::forbidden);
}

}  // namespace
}  // namespace nocturn::ledger
