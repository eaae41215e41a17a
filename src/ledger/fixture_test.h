#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "support/temporary_folder.h"

// A ledger on a database of the test's own, as the program would open it.
namespace nocturn::ledger {

// Counts the entries of each object; the applier of the tests.
Status count_entries(store::Transaction& transaction, const Entry& entry);
inline constexpr Applier kCounting[] = {{"test.", count_entries}};

Event event(int number);
// Decides these events, whatever the state.
Decide just(std::vector<Event> events);

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest();

  std::filesystem::path tiles() const { return folder_ / "data/ledger"; }
  std::filesystem::path memory() const { return folder_ / "memory/last-signed"; }
  std::string database_file() const { return (folder_ / "data/nocturn.db").string(); }

  Options options() const;
  // Opens (again); fails the test when that fails.
  void open();
  void close();
  // Records so many events, one after another, and publishes.
  void append(int count);

  testing::TemporaryFolder folder_;
  VirtualClock clock_{from_rfc3339("2026-11-22T06:00:00Z").value()};
  SystemRandom random_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Ledger> ledger_;
  int appended_ = 0;
};

std::unique_ptr<store::Database> open_database(const std::string& place);
// All rows of the table that count_entries() keeps.
std::string counts(store::Database& database);

}  // namespace nocturn::ledger
