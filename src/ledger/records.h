#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ledger/batch.h"
#include "ledger/ledger.h"
#include "store/store.h"

// All SQL of the ledger but that of finding.h and packing.h.
namespace nocturn::ledger::records {

// Where the ledger stands: number of entries, and time of the last one.
struct End {
  std::uint64_t size = 0;
  WallTime time;
};
Result<End> end(store::Reader& reader);

// The last sequence number given to an entry of the source; 0 when it has none.
Result<std::uint64_t> sequence(store::Reader& reader, std::string_view source);
Status set_sequence(store::Transaction& transaction, std::string_view source, std::uint64_t value);

// The entries from `first` on, all of one time. The batch is not empty.
Status insert(store::Transaction& transaction, std::uint64_t first, WallTime time,
              const Batch& batch);

// The entries [from, from + limit), in order; their views are valid during the call.
Status stored(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(const Stored&)>& on_entry);

// Leaves of the entries [from, from + limit), in order.
Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf);

// What is hashed into the tree, byte for byte. It is made anew each time and not stored, since that
// would nearly double what an append has to flush; so to_leaf() may never change what it writes for
// the same entry (envelope_test.cpp holds it to that).
std::string leaf_of(const Stored& entry);
Entry entry_of(const Stored& entry);

Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Entry)>& on_entry);
Status sealed_entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
                      const std::function<Status(Sealed)>& on_entry);

// Forgets payload, salt and the object's name; keeps the leaf.
Status erase(store::Transaction& transaction, std::uint64_t index);

}  // namespace nocturn::ledger::records
