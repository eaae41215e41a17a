#include "publishing/pace.h"

#include <algorithm>

namespace nocturn::publishing {
namespace {

constexpr int kRestFactor = 2;
constexpr Micros kLeastRest = std::chrono::seconds(2);
constexpr Micros kFirstWait = std::chrono::seconds(5), kLongestWait = std::chrono::minutes(1);

}  // namespace

Micros rest_after(Micros took) { return std::max(kRestFactor * took, kLeastRest); }

Micros back_off(int failures) {
  Micros wait = kFirstWait;
  for (int i = 1; i < failures && wait < kLongestWait; ++i) wait *= 2;
  return std::min(wait, kLongestWait);
}

}  // namespace nocturn::publishing
