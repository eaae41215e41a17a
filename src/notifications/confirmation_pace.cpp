#include "notifications/confirmation_pace.h"

#include <algorithm>

namespace nocturn::notifications {
namespace {

constexpr auto kTellEvery = std::chrono::minutes(10);

}  // namespace

ConfirmationPace::Answer ConfirmationPace::take(SteadyTime now, int an_hour) {
  const std::lock_guard lock(mutex_);
  const std::chrono::duration<double, std::ratio<3600>> hours = now - then_;
  used_ = std::max(0.0, used_ - hours.count() * an_hour);
  then_ = now;
  if (used_ + 1 <= an_hour) {
    used_ += 1;
    return {};
  }
  ++turned_away_;
  Answer answer{.allowed = false};
  if (told_ == 0 || now - told_at_ >= kTellEvery) {
    answer.to_tell = turned_away_ - told_;
    told_ = turned_away_;
    told_at_ = now;
  }
  return answer;
}

std::uint64_t ConfirmationPace::turned_away() const {
  const std::lock_guard lock(mutex_);
  return turned_away_;
}

}  // namespace nocturn::notifications
