#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.h"

// How many mails strangers may cause together, wherever they come from: an hour's worth at once,
// then as many as an hour lets through. Bounds what somebody who owns many networks can have sent
// to addresses that never asked. Thread-safe.
namespace nocturn::notifications {

class ConfirmationPace {
 public:
  struct Answer {
    bool allowed = true;
    // So many were turned away since it was last worth a line in the log; 0: it is not now.
    std::uint64_t to_tell = 0;
  };
  // After a start: as if the mails of the hour before it had all gone just now, which is the most
  // that the pace before it can have counted.
  void recall(SteadyTime now, std::uint64_t mails);
  // One more mail is asked for. `an_hour` may change from call to call.
  Answer take(SteadyTime now, int an_hour);
  // All that were turned away.
  std::uint64_t turned_away() const;

 private:
  mutable std::mutex mutex_;
  double used_ = 0;  // of the hour's worth, as of then_
  SteadyTime then_ = {};
  std::uint64_t turned_away_ = 0, told_ = 0;
  SteadyTime told_at_ = {};
};

}  // namespace nocturn::notifications
