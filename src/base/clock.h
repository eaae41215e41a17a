#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

// Time as Nocturn sees it. Wall time says when something happened and may jump; steady time
// measures how long and never goes back. They are different types, so that one is never taken
// for the other. Nothing but SystemClock asks the operating system.
namespace nocturn {

using Micros = std::chrono::microseconds;
using WallTime = std::chrono::sys_time<Micros>;

struct SteadyDomain {
  using duration = Micros;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyDomain>;
  static constexpr bool is_steady = true;
};
using SteadyTime = SteadyDomain::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  SteadyTime steady() const override;
};

// A clock that stands still until it is moved; for tests and simulation. Not thread-safe.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(WallTime start = WallTime{}) : wall_(start) {}
  WallTime wall() const override { return wall_; }
  SteadyTime steady() const override { return steady_; }
  // Both clocks go forward by `duration`.
  void advance(Micros duration) {
    wall_ += duration;
    steady_ += duration;
  }
  // Somebody set the computer's clock: wall time jumps, steady time does not.
  void step_wall(Micros jump) { wall_ += jump; }

 private:
  WallTime wall_;
  SteadyTime steady_{};
};

// RFC 3339 in UTC: "2026-11-22T06:30:00.000001Z"; without the fraction where it is zero.
std::string to_rfc3339(WallTime time);
// Accepts any RFC 3339 offset and up to six digits of fraction.
Result<WallTime> from_rfc3339(std::string_view text);

// "30s", "5m", "1h30m", "250ms", "7d". Rejects negative, empty, unit-less and overflowing input.
Result<Micros> parse_duration(std::string_view text);
// The shortest exact form that parse_duration reads back.
std::string to_text(Micros duration);

}  // namespace nocturn
