#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "crypto/sha256.h"
#include "inventory/model.h"
#include "ledger/ledger.h"
#include "monitoring/model.h"

// What was observed since the last time somebody asked, as one event: counts of all samples, those
// of the instances of which some did not pass (so that a quiet minute of a thousand instances is
// as short as one of ten), and a hash that binds the samples in the series store to the ledger.
// Whoever has the samples can compute it again:
//
//   link   = SHA-256(link before, or 32 zero bytes; at; took; the five phases; outcome; degraded)
//            with 8-byte big-endian numbers of microseconds and one byte each for the last two
//   hash   = SHA-256 over the checks in order of their ids: id, "\n", number of samples (8 bytes),
//            last link
namespace nocturn::monitoring {

class MinuteBook {
 public:
  void add(const inventory::InstanceId& instance, const inventory::CheckId& check,
           const Observation& observation);
  // The event of the time since `take` before, or nothing when nothing was observed.
  std::optional<ledger::Event> take(WallTime now);

 private:
  struct Line {
    std::uint64_t samples = 0;
    crypto::Hash link{};
  };
  struct Counts {
    std::uint64_t passed = 0, failed = 0, cannot_tell = 0;
  };
  std::unordered_map<inventory::CheckId, Line> lines_;
  std::unordered_map<inventory::InstanceId, Counts> counts_;
  std::optional<WallTime> from_;
  crypto::Sha256 sha256_;
};

}  // namespace nocturn::monitoring
