#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ledger/ledger.h"
#include "store/store.h"

// All SQL of the ledger.
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

// What an entry is given besides what it says.
struct Sealing {
  std::uint64_t sequence = 0;              // within its source
  std::array<std::uint8_t, 16> subject{};  // pseudonym of the object
  std::array<std::uint8_t, 32> salt{};
};
Status insert(store::Transaction& transaction, const Entry& entry, const Sealing& sealing);

// Leaves of the entries [from, from + limit), in order.
Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf);

Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Entry)>& on_entry);

// Those of [from, end) that the query asks for, in its order and at most as many; answers how many.
// Looks at each; the query's own range is the caller's matter.
Result<std::uint64_t> matching(store::Reader& reader, const EntryQuery& query, std::uint64_t from,
                               std::uint64_t end, const std::function<Status(Entry)>& on_entry);

Status sealed_entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
                      const std::function<Status(Sealed)>& on_entry);

// Forgets payload, salt and the object's name; keeps the leaf.
Status erase(store::Transaction& transaction, std::uint64_t index);

}  // namespace nocturn::ledger::records
