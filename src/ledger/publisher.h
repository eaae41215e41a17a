#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/recovery.h"
#include "store/store.h"

// Brings committed entries into tiles and signs checkpoints over them, on a thread of its own.
// The order on disk is what keeps the log from ever forking: entries are committed, then tiles are
// flushed, then the memory of what is about to be signed, then the checkpoint appears.
namespace nocturn::ledger {

class Publisher {
 public:
  Publisher(store::Database& database, TileFiles files, std::filesystem::path memory, Signer signer,
            Grown grown, Checkpoint newest);
  // Publishes what is committed, then stops.
  ~Publisher();

  // Entries were committed. Thread-safe and quick.
  void wake();
  // Waits for a checkpoint over everything that was committed before the call.
  Result<Checkpoint> publish();
  Checkpoint newest() const;

 private:
  void loop();
  Status publish_all();
  Status publish_to(std::uint64_t size);
  Status sign(const Grown& grown);
  void forget_old_partials(std::uint64_t before, std::uint64_t now);

  store::Database& database_;
  TileFiles files_;
  const std::filesystem::path memory_;
  const Signer signer_;
  Grown grown_;                    // of the publisher's thread
  std::uint64_t partials_of_ = 0;  // an older size, whose partial tiles are still there
  bool signed_once_ = false;       // since the start

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable published_;
  Checkpoint newest_;
  std::uint64_t asked_ = 0;     // publish() calls so far
  std::uint64_t answered_ = 0;  // of those, answered
  Status answer_;
  bool stopping_ = false;
  std::atomic<bool> committed_ = false;

  std::thread thread_;
};

}  // namespace nocturn::ledger
