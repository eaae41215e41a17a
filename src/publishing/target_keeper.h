#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "net/loop.h"
#include "publishing/place.h"

namespace nocturn::publishing {

// Keeps one target's copy young, on a thread of its own, whose loop stands still while a copy is
// under way. Thread-safe.
class TargetKeeper {
 public:
  struct Setting {
    inventory::CopyTarget target;
    std::filesystem::path work;
    inventory::Variable variable;
    std::function<Result<CopyPtr>()> newest;
    std::function<void(ledger::Event)> tell;
    std::optional<WallTime> failing_since;  // as last heard of
  };
  // The first copy goes out at once.
  TargetKeeper(Setting setting, const Clock& clock);
  ~TargetKeeper();

  void mark_changed();
  TargetState state() const;
  // All that is configured of it, as one text.
  const std::string& signature() const { return signature_; }
  // Starts a copy now, or as soon as the one under way is done; its number for wait_for().
  std::uint64_t demand();
  // Waits until that copy was tried, at most `patience`.
  void wait_for(std::uint64_t demand, Micros patience);

 private:
  void attempt();
  Status bring();
  void note(const Status& outcome);
  void plan(Micros wait);
  bool answered_all() const;

  const Setting setting_;
  const std::string signature_;
  const Clock& clock_;
  Stop stop_;
  const std::unique_ptr<Place> place_;
  net::Loop loop_;
  // Of the loop's thread.
  net::Loop::TimerId timer_ = 0;
  SteadyTime rest_until_{};
  int failures_in_a_row_ = 0;
  std::atomic<bool> marked_{false};
  mutable std::mutex mutex_;
  std::condition_variable tried_;
  TargetState state_;
  std::optional<WallTime> newest_there_;
  std::uint64_t demanded_ = 0, answered_ = 0;
  std::thread thread_;
};

}  // namespace nocturn::publishing
