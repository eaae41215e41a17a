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
// latency). That never blocks the writer or a reader, and therefore cannot start the log over
// while they work: the writer asks for that between groups, when the log has grown too long. When
// something was erased that shall be in no file, it empties the log between two transactions.
class Checkpointer {
 public:
  explicit Checkpointer(std::unique_ptr<Connection> connection);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Asks for a checkpoint soon. Thread-safe, does not block.
  void wake();
  // Asks for an empty log within seconds, or once the readers of the old one are done. The writer
  // waits for that as for a flush, and for readers a few milliseconds. Thread-safe, does not block.
  void empty_log_soon();
  // Moves the whole log and makes the next commit start it over. Blocks until it is done or the
  // readers of the old log were waited for in vain; then false. For the writer's thread, between
  // transactions.
  bool start_log_over();

 private:
  void loop();
  bool move_log(int mode, int patience_millis);

  std::mutex connection_in_use_;  // SQLite allows one checkpoint at a time
  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool emptying_ = false;  // until it is done
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nocturn::store::sqlite
