#pragma once

#include <optional>

#include "base/clock.h"

// Up to which moment old deliveries are pruned now. By the wall clock alone, one that jumps years
// ahead would have everything pruned at once; so whatever is more than a day behind is caught up
// with by a day in an hour of steady time, and somebody has hours to see it and set the clock.
namespace nocturn::notifications {

class PruningPace {
 public:
  struct Step {
    WallTime before = {};
    bool behind = false;  // a new day is gone through, and more are due: worth a line in the log
  };
  // `due`: what ended before then is old by the wall clock. `oldest`: when the oldest that could be
  // pruned was queued. From one thread.
  Step next(WallTime due, WallTime oldest, SteadyTime now);

 private:
  WallTime reached_ = WallTime::min();
  std::optional<SteadyTime> strode_at_;
};

}  // namespace nocturn::notifications
