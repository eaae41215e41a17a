#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "store/store.h"

namespace nocturn::store {

// The one thread that writes. Jobs that queue up while a commit is under way form the next
// group: one transaction, one flush to disk, then every job's `done` is called in order. There
// is no timer: the group is whoever waits.
//
// A job that fails leaves nothing behind and does not harm the others of its group. If it failed
// before it wrote anything, the group just goes on without it; else the group is rolled back and
// its jobs run again, each in a transaction of its own. So a job may run twice and must change
// memory only in `done`.
//
// When the store itself fails, all jobs of the group fail with its error: `disk_full`,
// `unavailable` for a lost connection, `corrupt` or `forbidden` for a file that is broken or closed
// to us. (Only when the connection is lost during the commit of a PostgreSQL may the jobs
// have been done nevertheless.) The next group is tried afresh, so the writer recovers by itself.
class Writer {
 public:
  using Work = std::move_only_function<Status(Transaction&)>;
  // Called on the writer's thread after the commit or the failure; must not block.
  using Done = std::move_only_function<void(Status)>;

  // Runs on the writer's thread after each durable group of at least one success, before the
  // jobs' `done`s; must not block.
  using AfterCommit = std::move_only_function<void()>;

  explicit Writer(Database& database, AfterCommit after_commit = {});
  // Finishes what is queued, then stops.
  ~Writer();

  // Thread-safe. Answers `limited` through `done` at once when 65,536 jobs wait.
  void submit(Work work, Done done);
  // Waits for the outcome. Not to be called from the writer's own thread.
  Status run(Work work);

 private:
  struct Job {
    Work work;
    Done done;
    Status outcome = {};
  };
  void loop();
  void finish(std::span<Job> group);
  bool commit_together(std::span<Job> group);
  Status commit_alone(Job& job);
  void commit_one_by_one(std::span<Job> group);

  Database& database_;
  AfterCommit after_commit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  bool sleeping_ = false;  // the thread waits for wake_
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nocturn::store
