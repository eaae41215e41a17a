#pragma once

#include <atomic>
#include <span>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "status_page/status_page.h"
#include "store/store.h"

// Which institutions the public page finds instances by: read from customers when they changed and,
// as account assets begin and end by themselves, when half a minute has passed. So a storm of
// verdicts costs no look at ten thousand account assets for each of its pages.
namespace nocturn::app {

class TenantKeeper {
 public:
  explicit TenantKeeper(const Clock& clock) : clock_(clock) {}

  // What was recorded; customers may have changed with it. Thread-safe, does not block.
  void look_at(std::span<const ledger::Entry> entries);
  // As they are now, or were less than half a minute ago. On the keeper's thread.
  Result<status_page::TenantNamesPtr> names(store::Database& database);

 private:
  const Clock& clock_;
  std::atomic<bool> changed_{true};
  status_page::TenantNamesPtr names_;
  SteadyTime read_at_{};
};

}  // namespace nocturn::app
