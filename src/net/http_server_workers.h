#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace nocturn::net {

// A fixed number of threads and a bounded queue. Work that finds the queue full is not taken:
// whoever asked hears so at once, instead of waiting behind everybody else. Thread-safe.
class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  WorkerPool(int threads, std::size_t queue_limit);
  // Finishes the tasks that have begun; drops those that wait.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False if the queue is full or the pool ends; the task is left as it was.
  bool try_run(Task&& task);

 private:
  void work();

  const std::size_t queue_limit_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable wake_up_;
  std::deque<Task> queue_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace nocturn::net
