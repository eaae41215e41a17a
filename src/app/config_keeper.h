#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/reload.h"

// Brings the configuration in, at the start and whenever it changed. The last right configuration
// is kept as a copy in the data folder, so that even a restart on a broken one goes on with that.
// Thread-safe; one apply() at a time, others wait.
namespace nocturn::app {

class ConfigKeeper {
 public:
  // Records what differs between the ledger and this cloud.
  using Record = std::function<Status(const inventory::Cloud&)>;
  // Told after a new cloud began to run.
  using Started = std::function<void(inventory::CloudPtr)>;

  ConfigKeeper(std::filesystem::path folder, std::filesystem::path last_right);

  // Reads the configuration, or the copy when it is wrong; `invalid` when neither will do. Every
  // fault is logged.
  Status first();
  void on_apply(Record record, Started started);

  // Reads the configuration and runs it; answers how it differs from what ran before. `invalid`
  // with the first faults when it is wrong: then nothing changed.
  Result<std::vector<inventory::Difference>> apply();
  // How a folder (the own one when empty) differs from what runs, without applying it.
  Result<std::vector<inventory::Difference>> compare(const std::filesystem::path& folder) const;

  // Whether the files changed since they were last read. Cheap.
  bool edited();
  // What runs but could not be recorded (a full disk) is tried again.
  void record_what_waits();

  inventory::CloudPtr cloud() const;
  // What is wrong with the newest edit; empty when it runs.
  std::vector<inventory::Fault> faults() const { return reloader_.pending_faults(); }

 private:
  void keep_copy() const;

  const std::filesystem::path folder_, last_right_;
  std::mutex mutex_;
  inventory::Reloader reloader_;
  inventory::CloudPtr fallback_;  // of the copy, when the first configuration was wrong
  Record record_;
  Started started_;
  bool unrecorded_ = false;
};

}  // namespace nocturn::app
