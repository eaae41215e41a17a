#pragma once

#include <span>

#include "ledger/ledger.h"
#include "support/temporary_folder.h"

namespace nocturn::testing {

// How a test's ledger is opened, whose files stand in its folder.
inline ledger::Options sample_ledger(const TemporaryFolder& folder,
                                     std::span<const ledger::Applier> appliers) {
  return {.origin = "log.example/ledger",
          .tiles = folder / "ledger",
          .key = folder / "keys/ledger",
          .memory = folder / "memory/last-signed",
          .appliers = appliers};
}

}  // namespace nocturn::testing
