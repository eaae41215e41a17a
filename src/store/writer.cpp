#include "store/writer.h"

#include <algorithm>
#include <future>
#include <utility>

namespace nocturn::store {
namespace {

constexpr std::size_t kMaxWaitingJobs = 65'536;

}  // namespace

Writer::Writer(Database& database, AfterCommit after_commit)
    : database_(database), after_commit_(std::move(after_commit)), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(Work work, Done done) {
  bool wake = false;
  {
    std::unique_lock lock(mutex_);
    if (queue_.size() >= kMaxWaitingJobs) {
      lock.unlock();
      return done(fail(ErrorCode::limited, "{} jobs wait for the writer", kMaxWaitingJobs));
    }
    queue_.emplace_back(std::move(work), std::move(done));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) wake_.notify_one();
}

Status Writer::run(Work work) {
  CHECK(std::this_thread::get_id() != thread_.get_id());
  std::promise<Status> promise;
  std::future<Status> outcome = promise.get_future();
  submit(std::move(work), [promise = std::move(promise)](Status status) mutable {
    promise.set_value(std::move(status));
  });
  return outcome.get();
}

void Writer::loop() {
  std::vector<Job> group;
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty() && !stopping_) {
      sleeping_ = true;
      wake_.wait(lock);
    }
    sleeping_ = false;
    if (queue_.empty()) return;
    group.swap(queue_);
    lock.unlock();
    finish(group);
    group.clear();
    database_.tend();
    lock.lock();
  }
}

void Writer::finish(std::span<Job> group) {
  if (!commit_together(group)) commit_one_by_one(group);
  const bool any_success = std::ranges::any_of(group, [](const Job& job) { return !!job.outcome; });
  if (any_success && after_commit_) after_commit_();
  for (Job& job : group) job.done(std::move(job.outcome));
}

// Answers false when the jobs must run again, each alone; else every outcome is decided.
bool Writer::commit_together(std::span<Job> group) {
  const auto all_fail = [&](const Error& error) {
    for (Job& job : group) job.outcome = std::unexpected(error);
    return true;
  };
  if (const Status begun = database_.begin(); !begun) {
    database_.roll_back();
    return all_fail(begun.error());
  }
  for (Job& job : group) {
    database_.mark();
    job.outcome = job.work(database_.transaction());
    if (job.outcome) continue;
    if (const Status health = database_.health(); !health) {
      database_.roll_back();
      return all_fail(health.error());
    }
    if (database_.touched()) {
      database_.roll_back();
      return false;
    }
  }
  if (const Status committed = database_.commit(); !committed) {
    const Status health = database_.health();
    database_.roll_back();
    if (!health) return all_fail(health.error());
    // A statement that was posted has failed; nobody knows yet whose.
    if (group.size() > 1) return false;
    return all_fail(committed.error());
  }
  return true;
}

Status Writer::commit_alone(Job& job) {
  TRY_STATUS(database_.begin());
  TRY_STATUS(job.work(database_.transaction()));
  return database_.commit();
}

void Writer::commit_one_by_one(std::span<Job> group) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    group[i].outcome = commit_alone(group[i]);
    if (group[i].outcome) continue;
    const Status health = database_.health();
    database_.roll_back();
    if (health) continue;
    // The store itself fails: waiting for it once is enough.
    for (Job& job : group.subspan(i)) job.outcome = std::unexpected(health.error());
    return;
  }
}

}  // namespace nocturn::store
