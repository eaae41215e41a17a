#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "net/http.h"
#include "net/loop.h"
#include "status_page/status_page.h"

// Keeps the prepared pages true: rebuilds them soon after something was recorded, when a moment
// comes at which they change by themselves (midnight, the start of a maintenance), and at least
// every 30 s, so that the age they state stays honest. Lives on one loop.
namespace nocturn::app {

class PageKeeper {
 public:
  // Reads what a view is made from; runs on the keeper's loop.
  using ReadFacts = std::function<Result<status_page::Facts>()>;
  // Told of each public row whose showing changed, as row_events() words it.
  using Tell = std::function<void(std::string row)>;

  PageKeeper(net::Loop& loop, net::PageBoard& board, ReadFacts read, Tell tell);

  // Called on the loop after a rebuild in which something may have changed, the first among them;
  // to be set before the loop runs.
  void on_change(std::function<void()> told) { on_change_ = std::move(told); }
  // Builds the first pages; before the loop runs.
  Status first();
  // Something was recorded. Thread-safe, does not block; many calls make one rebuild.
  void mark_changed();
  // The newest view. Thread-safe.
  status_page::ViewPtr view() const { return view_.load(); }
  std::uint64_t rebuilds() const { return rebuilds_; }
  // How long ago the newest view was made, whatever the wall clock did since. Thread-safe.
  Micros age() const { return loop_.clock().steady() - built_at_.load(); }

 private:
  Status rebuild();
  void rebuild_and_plan();
  void plan();
  // Whether any row changed.
  bool tell_changes(const status_page::View& before, const status_page::View& after);

  net::Loop& loop_;
  net::PageBoard& board_;
  ReadFacts read_;
  Tell tell_;
  std::function<void()> on_change_;
  std::atomic<status_page::ViewPtr> view_{nullptr};
  std::atomic<bool> marked_{false};
  std::atomic<std::uint64_t> rebuilds_{0};
  std::atomic<SteadyTime> built_at_{SteadyTime{}};
  net::Loop::TimerId timer_ = 0;
  SteadyTime quiet_until_{};
};

}  // namespace nocturn::app
