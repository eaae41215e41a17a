#include "store/sqlite/checkpointer.h"

#include <sqlite3.h>

namespace nocturn::store::sqlite {

namespace {

// How long readers of the old log are waited for.
constexpr int kPatienceMillis = 100;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {
  sqlite3_busy_timeout(connection_->handle(), kPatienceMillis);
  thread_ = std::thread([this] { loop(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::wake() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
}

// RESTART, not TRUNCATE: writing over a log that already has its length needs no new blocks.
bool Checkpointer::start_log_over() {
  const std::lock_guard use(connection_in_use_);
  return sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                   nullptr, nullptr) == SQLITE_OK;
}

void Checkpointer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    {
      // A failure (a full disk, most likely) loses nothing: the log keeps what is committed, and
      // the next call tries again.
      const std::lock_guard use(connection_in_use_);
      sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                nullptr);
    }
    lock.lock();
  }
}

}  // namespace nocturn::store::sqlite
