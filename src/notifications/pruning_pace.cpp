#include "notifications/pruning_pace.h"

#include <algorithm>

namespace nocturn::notifications {
namespace {

constexpr std::chrono::days kStride{1};
constexpr std::chrono::hours kBetweenStrides{1};

}  // namespace

PruningPace::Step PruningPace::next(WallTime due, WallTime oldest, SteadyTime now) {
  // The usual day: what grew old since the last time.
  if (due <= oldest + kStride) return {.before = due};
  const bool strides = !strode_at_ || now - *strode_at_ >= kBetweenStrides;
  if (strides) {
    // Beyond what was reached, even when that left something behind: it ends later than it began.
    reached_ = std::max(std::min(reached_, due), oldest) + kStride;
    strode_at_ = now;
  }
  return {.before = std::min(due, reached_), .behind = strides && reached_ < due};
}

}  // namespace nocturn::notifications
