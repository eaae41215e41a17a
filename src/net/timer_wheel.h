#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace nocturn::net {

// Timers of one thread on a hashed wheel: arming and cancelling cost the same few nanoseconds for
// ten timers as for a hundred thousand. Time is a count of ticks; the owner decides how long a
// tick is. A timer is handed out at its tick or later, never before; timers come out in the order
// of their ticks, and those of one tick in the order in which they were armed.
class TimerWheel {
 public:
  using Tick = std::int64_t;
  using Task = std::move_only_function<void()>;
  using Id = std::uint64_t;  // 0 is never a timer; an id is not used twice

  explicit TimerWheel(Tick now);

  // A tick that is past counts as the next one.
  Id arm(Tick due, Task task);
  // False if the timer was handed out or cancelled before.
  bool cancel(Id id);

  // The next task whose tick is not after `now`; nothing when there is none left. What a task
  // arms while it runs waits for a later tick, so a loop over this ends.
  std::optional<Task> pop_due(Tick now);

  // The next tick at which pop_due() has something to look at: not later than the next timer, but
  // perhaps earlier, as timers of later rounds share slots. Nothing when no timer is armed.
  std::optional<Tick> next_visit() const;

  std::size_t size() const { return armed_; }

 private:
  static constexpr std::uint32_t kSlots = 8192;
  static constexpr std::uint32_t kReady = kSlots;  // the list of those due at cursor_
  static constexpr std::uint32_t kSentinels = kSlots + 1;

  // All lists are circular and hang on a sentinel, so that unlinking needs no case distinction.
  struct Link {
    std::uint32_t previous, next;
  };
  struct Timer {
    Tick due = 0;
    std::uint32_t generation = 1;
    bool armed = false;
    Task task;
  };

  void append(std::uint32_t list, std::uint32_t link);
  void unlink(std::uint32_t link);
  void gather(std::uint32_t slot);
  Task release(std::uint32_t index);
  void mark(std::uint32_t slot, bool occupied);

  Tick cursor_;  // every timer due at or before this tick is on the ready list or gone
  std::size_t armed_ = 0;
  std::vector<Link> links_;    // sentinels first, then one per timer
  std::vector<Timer> timers_;  // timer i has link kSentinels + i
  std::vector<std::uint32_t> free_;
  std::array<std::uint64_t, kSlots / 64> occupied_{};
};

}  // namespace nocturn::net
