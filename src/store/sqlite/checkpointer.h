#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.h"

namespace nocturn::store::sqlite {

// Moves the write-ahead log into the database on a thread and a connection of its own: done
// inline, the writer's callers would wait for it now and then (that is the tail of their
// latency). It never blocks the writer or a reader, and therefore cannot start the log over
// while they work: the writer does that, when the log has grown too long.
class Checkpointer {
 public:
  explicit Checkpointer(std::unique_ptr<Connection> connection);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Asks for a checkpoint soon. Thread-safe, does not block.
  void wake();

 private:
  void loop();

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nocturn::store::sqlite
