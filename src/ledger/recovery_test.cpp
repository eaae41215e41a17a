#include "ledger/recovery.h"

#include <fstream>

#include <gtest/gtest.h>

#include "ledger/fixture_test.h"

namespace nocturn::ledger {
namespace {

using std::filesystem::copy_options;

class RecoveryTest : public LedgerTest {
 protected:
  void copy(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, copy_options::recursive);
  }
  void expect_refusal(std::string_view saying) {
    open();
    ASSERT_TRUE(ledger_->refusal());
    EXPECT_EQ(ledger_->refusal()->code, ErrorCode::conflict);
    EXPECT_NE(ledger_->refusal()->message.find(saying), std::string::npos)
        << ledger_->refusal()->message;
    EXPECT_EQ(ledger_->record(just({event(0)})).error().code, ErrorCode::conflict);
    EXPECT_FALSE(ledger_->publish());
  }
};

TEST_F(RecoveryTest, yesterdays_copy_of_the_data_folder_does_not_sign) {
  append(100);
  close();
  copy(folder_ / "data", folder_ / "yesterday");
  open();
  append(50);
  close();
  copy(folder_ / "yesterday", folder_ / "data");
  expect_refusal("holds 100 entries, but the memory of what was signed last was signed over 150");
  EXPECT_EQ(ledger_->checkpoint().size, 100U) << "reading goes on";
  EXPECT_TRUE(ledger_->proof(99));
  EXPECT_EQ(ledger_->entries(0, 1000).value().size(), 100U);
}

TEST_F(RecoveryTest, another_history_of_the_same_length_does_not_sign) {
  append(100);
  close();
  copy(folder_ / "data", folder_ / "first");
  std::filesystem::remove_all(folder_ / "data");
  std::filesystem::remove_all(folder_ / "memory");
  std::filesystem::create_directories(folder_ / "data");
  open();
  append(120);
  close();
  std::filesystem::remove_all(folder_ / "data/ledger");
  copy(folder_ / "first/ledger", folder_ / "data/ledger");
  std::filesystem::remove_all(folder_ / "memory");
  expect_refusal("another root");
}

TEST_F(RecoveryTest, a_memory_of_another_root_stops_it_though_the_folder_agrees_with_itself) {
  append(100);
  close();
  copy(folder_ / "memory", folder_ / "other-memory");
  std::filesystem::remove_all(folder_ / "data");
  std::filesystem::remove_all(folder_ / "memory");
  std::filesystem::create_directories(folder_ / "data");
  open();
  append(150);
  close();
  copy(folder_ / "other-memory", folder_ / "memory");
  expect_refusal("another root");
}

TEST_F(RecoveryTest, a_lost_memory_is_written_again_from_the_checkpoint) {
  append(100);
  close();
  std::filesystem::remove_all(folder_ / "memory");
  open();
  EXPECT_FALSE(ledger_->refusal());
  EXPECT_EQ(read_file(memory()).value(), ledger_->checkpoint().note);
}

TEST_F(RecoveryTest, a_memory_that_is_ahead_of_the_checkpoint_is_caught_up_with) {
  append(100);
  close();
  copy(tiles(), folder_ / "older-tiles");
  open();
  append(700);
  const Checkpoint before = ledger_->checkpoint();
  close();
  copy(folder_ / "older-tiles", tiles());
  open();
  EXPECT_FALSE(ledger_->refusal());
  EXPECT_EQ(ledger_->checkpoint().note, before.note);
  EXPECT_TRUE(ledger_->proof(500));
}

TEST_F(RecoveryTest, lost_and_broken_tiles_are_made_anew) {
  append(600);
  const Checkpoint before = ledger_->checkpoint();
  const std::string tile = read_file(tiles() / "tile/0/002.p/88").value();
  close();
  std::ofstream(tiles() / "tile/0/002.p/88", std::ios::binary) << std::string(tile.size(), 'x');
  std::filesystem::remove(tiles() / "tile/entries/001");
  open();
  EXPECT_FALSE(ledger_->refusal());
  EXPECT_EQ(ledger_->checkpoint().note, before.note);
  EXPECT_EQ(read_file(tiles() / "tile/0/002.p/88").value(), tile);
  EXPECT_TRUE(std::filesystem::exists(tiles() / "tile/entries/001"));
  close();
  std::filesystem::remove_all(tiles());
  open();
  EXPECT_FALSE(ledger_->refusal());
  EXPECT_EQ(ledger_->checkpoint().note, before.note);
}

TEST_F(RecoveryTest, a_checkpoint_by_another_key_stops_it) {
  append(10);
  close();
  std::filesystem::remove_all(folder_ / "keys");
  expect_refusal("is not ours");
}

}  // namespace
}  // namespace nocturn::ledger
