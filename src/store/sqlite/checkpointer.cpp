#include "store/sqlite/checkpointer.h"

#include <sqlite3.h>

#include <chrono>
#include <utility>

namespace nocturn::store::sqlite {

namespace {

// How long readers of the old log are waited for, with the writer waiting too.
constexpr int kPatienceMillis = 100;
constexpr int kPatienceToEmptyMillis = 20;
// What is erased within this time goes in one go; and the pause before another try.
constexpr std::chrono::seconds kUntilEmptied(2);

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { loop(); }) {}

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

void Checkpointer::empty_log_soon() {
  {
    const std::lock_guard lock(mutex_);
    emptying_ = true;
  }
  wake_.notify_one();
}

// RESTART, not TRUNCATE: writing over a log that already has its length needs no new blocks.
bool Checkpointer::start_log_over() { return move_log(SQLITE_CHECKPOINT_RESTART, kPatienceMillis); }

// A failure (a full disk, most likely) loses nothing: the log keeps what is committed, and the next
// call tries again.
bool Checkpointer::move_log(int mode, int patience_millis) {
  const std::lock_guard use(connection_in_use_);
  sqlite3_busy_timeout(connection_->handle(), patience_millis);
  return sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, mode, nullptr, nullptr) ==
         SQLITE_OK;
}

void Checkpointer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return wanted_ || emptying_ || stopping_; });
    wake_.wait_for(lock, kUntilEmptied, [&] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    const bool emptying = std::exchange(emptying_, false);
    lock.unlock();
    move_log(SQLITE_CHECKPOINT_PASSIVE, 0);  // first, so that the writer waits for little
    const bool stays = emptying && !move_log(SQLITE_CHECKPOINT_TRUNCATE, kPatienceToEmptyMillis);
    lock.lock();
    emptying_ = emptying_ || stays;
  }
}

}  // namespace nocturn::store::sqlite
