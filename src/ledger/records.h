#pragma once

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

Status insert(store::Transaction& transaction, const Entry& entry, std::string_view leaf,
              std::span<const std::uint8_t> salt);

// Leaves of the entries [from, from + limit), in order.
Status leaves(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
              const std::function<Status(std::string_view leaf)>& on_leaf);

// An entry with what is kept beside it; without payload and salt once it was erased.
struct Kept {
  Entry entry;
  std::string leaf;
  std::string salt;
  bool erased = false;
};
Status entries(store::Reader& reader, std::uint64_t from, std::uint64_t limit,
               const std::function<Status(Kept)>& on_entry);

// Answers whether there was something to erase.
Result<bool> erase(store::Transaction& transaction, std::uint64_t index,
                   std::string_view object_class);

}  // namespace nocturn::ledger::records
