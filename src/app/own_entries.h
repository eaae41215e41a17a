#pragma once

#include <optional>
#include <string>

#include "inventory/inventory.h"
#include "ledger/ledger.h"

// What a hub records of itself: that nobody watched for a while, what it now watches, and what its
// parts tell of their own standing. Thread-safe.
namespace nocturn::app {

// Of the ledger's newest entry; nothing when it has none.
Result<std::optional<WallTime>> newest_time(const ledger::Ledger& ledger);

// A hub that watches records something each minute; a longer silence before this start means that
// nobody watched, and the pages must not go on as if somebody had. `last` is newest_time() from
// before the start recorded anything. Waits for the disk.
Status record_pause(ledger::Ledger& ledger, std::optional<WallTime> last, WallTime now);

// Records what differs between what the ledger knows to be applied and this cloud. Waits for the
// disk.
Status record_cloud(ledger::Ledger& ledger, const inventory::Cloud& cloud);

// Records an event that nobody waits for; a failure goes to the log, which says of `what`.
void record_soon(ledger::Ledger& ledger, ledger::Event event, std::string what);

}  // namespace nocturn::app
