#include "identity/failure_log.h"

#include <utility>

namespace nocturn::identity {

bool FailureLog::takes_one(WallTime now) {
  const WallTime minute = std::chrono::floor<std::chrono::minutes>(now);
  if (minute != minute_) {
    minute_ = minute;
    in_minute_ = 0;
  }
  if (in_minute_ < kMostAMinute) {
    ++in_minute_;
    return true;
  }
  if (counted_++ == 0) counted_from_ = now;
  return false;
}

std::optional<FailureLog::Summary> FailureLog::take_summary(WallTime now) {
  if (counted_ == 0) return std::nullopt;
  return Summary{std::exchange(counted_, 0), counted_from_, now};
}

}  // namespace nocturn::identity
