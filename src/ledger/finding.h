#pragma once

#include <cstdint>
#include <functional>

#include "ledger/ledger.h"
#include "store/store.h"

// Finding entries by type and object. For each full tile of entries one row tells which types and
// objects occur in it, so that a search skips the others: an index of the entries themselves would
// cost an append one page of the database for each object it names, and more than half its speed.
namespace nocturn::ledger::records {

// In the order of the query.
Status find(store::Reader& reader, const EntryQuery& query,
            const std::function<Status(Entry)>& on_entry);

// Tells of the tiles that are full in a ledger of `size` entries and were not told of yet. To be
// called in the transaction that makes one full; if it was missed, the next call makes up for it.
Status note_contents(store::Transaction& transaction, std::uint64_t size);

// Tells anew of the tile of an entry that lost its object's name.
Status forget_contents(store::Transaction& transaction, std::uint64_t index);

}  // namespace nocturn::ledger::records
