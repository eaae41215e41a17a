#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/text.h"
#include "ledger/ledger.h"

// The entries of one transaction as they lie in the database: in one row, one after another. A row
// for each would cost an append as much time as all else that the recorder does. Pure.
namespace nocturn::ledger {

// What is kept of an entry. Views into its batch, or into what the recorder has.
struct Stored {
  std::uint64_t index = 0;
  WallTime time = {};
  std::string_view id = {}, type = {}, object = {};
  std::span<const std::uint8_t> subject = {};  // pseudonym of the object
  std::uint64_t sequence = 0;                  // within the source
  std::uint64_t form = 1;
  Sensitivity sensitivity = Sensitivity::internal;
  bool erased = false;
  std::string_view payload = {};            // empty once erased
  std::span<const std::uint8_t> salt = {};  // empty once erased
  std::string_view leaf = {};               // kept once it can no longer be made from the others
};

// Index and time belong to the batch as a whole: entry after entry from its first, all of one time.
class Batch {
 public:
  static constexpr std::uint64_t kMostEntries = 256;
  // Bounds what is read for one entry, and written again when it is erased: a batch is full once it
  // has this many bytes, so that only its last entry goes beyond.
  static constexpr std::size_t kFullBytes = 64 << 10;

  void add(const Stored& entry);
  bool full() const { return count_ >= kMostEntries || bytes_.size() >= kFullBytes; }
  std::uint64_t count() const { return count_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }
  // Keeps its room for the next one.
  void clear();

 private:
  void put(std::span<const std::uint8_t> value);

  Bytes bytes_;
  std::uint64_t count_ = 0;
};

// The entries [first, last] of a batch, until one is refused. `corrupt` when these bytes are not
// exactly those entries.
Status read_batch(std::span<const std::uint8_t> bytes, std::uint64_t first, std::uint64_t last,
                  WallTime time, const std::function<Status(const Stored&)>& on_entry);

}  // namespace nocturn::ledger
