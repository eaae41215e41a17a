#include "app/changes_outside.h"

#include <utility>

namespace nocturn::app {
namespace {

constexpr Micros kClockStep = std::chrono::seconds(1);

}  // namespace

Micros ClockWatch::offset() const {
  return clock_.wall().time_since_epoch() - clock_.steady().time_since_epoch();
}

std::optional<Micros> ClockWatch::step() {
  const Micros now = offset();
  const Micros step = now - std::exchange(offset_, now);
  return std::chrono::abs(step) < kClockStep ? std::nullopt : std::optional(step);
}

}  // namespace nocturn::app
