#include "publishing/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace nocturn::publishing {

Status side_by_side(std::size_t items, std::size_t lines,
                    const std::function<Status(std::size_t line, std::size_t item)>& work) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::size_t first = items;
  Status outcome;
  const auto run = [&](std::size_t line) {
    while (!failed) {
      const std::size_t item = next++;
      if (item >= items) return;
      Status done = work(line, item);
      if (done) continue;
      failed = true;
      const std::lock_guard lock(mutex);
      if (item >= first) continue;
      first = item;
      outcome = std::move(done);
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t line = 1; line < std::min(lines, items); ++line)
      others.emplace_back(run, line);
    run(0);
  }
  return outcome;
}

}  // namespace nocturn::publishing
