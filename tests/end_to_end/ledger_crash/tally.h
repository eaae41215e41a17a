#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ledger/ledger.h"

// The ledger that crash tests record in, with one table besides: what an applier counted. Writer
// and test open it in the same way.
namespace nocturn::testing {

// A ledger with the database it lies in, in one folder; the memory of what was signed last is
// there, too, so that one disk holds all of it.
struct TalliedLedger {
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<Random> random;
  std::unique_ptr<ledger::Ledger> ledger;

  static Result<TalliedLedger> open(const std::filesystem::path& folder);
};

// An event whose payload is now and then longer than a page.
ledger::Event event_of(int number);
// The rows of the table; and of one that replaying the ledger makes in a database of its own.
Result<std::string> tally(store::Database& database);
Result<std::string> replayed_tally(store::Database& from, const std::filesystem::path& scratch);

}  // namespace nocturn::testing
