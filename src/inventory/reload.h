#pragma once

#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "inventory/inventory.h"

// The configuration that runs, and the way to a newer one. Its invariant: once a cloud runs, a
// wrong edit never replaces or empties it; the faults wait beside it until they are mended.
namespace nocturn::inventory {

class Reloader {
 public:
  // Loads nothing yet. The kinds must live as long.
  Reloader(std::filesystem::path folder, std::span<const KindSpec> kinds);

  struct Outcome {
    bool applied = false;                 // the files are right, and cloud() is what they say
    std::vector<Difference> differences;  // to the cloud before; none for the first cloud
    std::vector<Fault> faults;            // why nothing was applied
  };
  // Reads the folder again. From one thread at a time. What the ledger shall hear of it is told by
  // running_differences(), which also knows the edits made while the hub was down.
  Outcome reload();

  // Whether the files are others than the last reload() saw, by names, sizes and times of change:
  // cheap enough to ask every second. From the thread of reload().
  bool edited() const;

  // The running cloud; null until a reload() succeeded. From any thread.
  CloudPtr cloud() const;
  // What is wrong with the newest edit; empty when it runs. From any thread.
  std::vector<Fault> pending_faults() const;

 private:
  std::filesystem::path folder_;
  std::span<const KindSpec> kinds_;
  std::string seen_;  // fingerprint of the files before the last reload()
  mutable std::mutex mutex_;
  CloudPtr cloud_;
  std::vector<Fault> faults_;
};

}  // namespace nocturn::inventory
