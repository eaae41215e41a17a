#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"

namespace nocturn::store {

// At most `limit` connections, made when first needed and kept. Thread-safe; a borrower waits
// while all are lent out. Must outlive every loan.
template <class Connection>
class Pool {
 public:
  using Make = std::function<Result<std::unique_ptr<Connection>>()>;

  Pool(std::size_t limit, Make make) : limit_(limit), make_(std::move(make)) {}

  // A connection for one read, given back at the end.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ~Loan() { pool_.give_back(std::move(connection_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Nothing is lent when no connection can be made.
  Result<std::unique_ptr<Loan>> borrow() {
    std::unique_lock lock(mutex_);
    given_back_.wait(lock, [&] { return !idle_.empty() || lent_ < limit_; });
    ++lent_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return std::make_unique<Loan>(*this, std::move(connection));
    }
    lock.unlock();
    auto made = make_();
    if (made) return std::make_unique<Loan>(*this, std::move(*made));
    give_back(nullptr);
    return std::unexpected(std::move(made.error()));
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock(mutex_);
      --lent_;
      if (connection) idle_.push_back(std::move(connection));
    }
    given_back_.notify_one();
  }

  const std::size_t limit_;
  const Make make_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace nocturn::store
