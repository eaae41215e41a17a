#pragma once

#include <optional>
#include <span>
#include <string>

#include "inventory/inventory.h"
#include "ledger/ledger.h"
#include "store/store.h"

// What a hub records of itself: that nobody watched for a while, what it now watches, and what its
// parts tell of their own standing. Thread-safe.
namespace nocturn::app {

// The last moment of which a hub is known to have watched: of the ledger's newest entry, or of
// note_watch(); nothing when there is neither. Moments after `now`, of a clock that has been set
// since, are left out.
Result<std::optional<WallTime>> last_watched(const ledger::Ledger& ledger,
                                             store::Database& database, WallTime now);

// Notes, in a table that no entry speaks of, that all is recorded that a hub saw until now: of
// hours in which nothing happens the ledger need not grow. Does not wait; when it cannot be
// written, the moment before stands.
void note_watch(ledger::Ledger& ledger, WallTime now);

// A hub that watches notes it each minute; a longer silence before this start means that nobody
// watched, and the pages must not go on as if somebody had. `last` is last_watched() from before
// the start recorded anything. Waits for the disk.
Status record_pause(ledger::Ledger& ledger, std::optional<WallTime> last, WallTime now);

// Records what differs between what the ledger knows to be applied and this cloud. Waits for the
// disk.
Status record_cloud(ledger::Ledger& ledger, const inventory::Cloud& cloud);

// Records an event that nobody waits for; a failure goes to the log, which says of `what`.
void record_soon(ledger::Ledger& ledger, ledger::Event event, std::string what);

// Of the table of note_watch().
std::span<const store::Migration> migrations();

}  // namespace nocturn::app
