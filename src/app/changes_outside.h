#pragma once

#include <optional>

#include "base/clock.h"

// What changes under a running hub without anybody telling it: the computer's clock is set. Asked
// every now and then, by one thread.
namespace nocturn::app {

class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock) : clock_(clock), offset_(offset()) {}

  // By how much the wall clock was set since the last question, forward or back; nothing below a
  // second, which is how clocks are kept right.
  std::optional<Micros> step();

 private:
  Micros offset() const;  // of the wall clock to the steady one

  const Clock& clock_;
  Micros offset_;
};

}  // namespace nocturn::app
