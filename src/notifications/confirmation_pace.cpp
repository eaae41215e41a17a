#include "notifications/confirmation_pace.h"

#include <algorithm>

namespace nocturn::notifications {
namespace {

constexpr auto kTellEvery = std::chrono::minutes(10);

}  // namespace

void ConfirmationPace::recall(SteadyTime now, std::uint64_t mails) {
  const std::lock_guard lock(mutex_);
  used_ = static_cast<double>(mails);
  then_ = now;
}

ConfirmationPace::Answer ConfirmationPace::take(SteadyTime now, int an_hour) {
  const std::lock_guard lock(mutex_);
  const std::chrono::duration<double, std::ratio<3600>> hours = now - then_;
  used_ = std::clamp(used_ - hours.count() * an_hour, 0.0, static_cast<double>(an_hour));
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
