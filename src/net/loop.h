#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"

namespace nocturn::net {

enum class Interest : std::uint8_t { none = 0, read = 1, write = 2, both = 3 };

// One thread's event loop: readiness of descriptors, timers, and work posted from other threads.
// All members but post(), stop() and clock() belong to the loop's own thread. Readiness is
// level-triggered epoll(7) underneath; timers sit in a wheel (net/timer_wheel.h) with 1 ms ticks
// and never fire early.
class Loop {
 public:
  using OnReady = std::function<void(bool readable, bool writable)>;
  using Task = std::move_only_function<void()>;
  using TimerId = std::uint64_t;  // 0 is never a timer

  explicit Loop(const Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(); handles what was posted before it returns.
  void run();
  // Thread-safe.
  void stop();
  void post(Task task);

  // Watches `descriptor` until forget(); the callback may forget or change itself. An error or
  // hang-up counts as both readable and writable. The caller owns and closes the descriptor.
  void watch(int descriptor, Interest interest, OnReady on_ready);
  void change(int descriptor, Interest interest);
  void forget(int descriptor);

  TimerId after(Micros delay, Task task);
  void cancel(TimerId timer);  // harmless when it fired already

  SteadyTime now() const;  // of this turn of the loop; cheap
  const Clock& clock() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nocturn::net
