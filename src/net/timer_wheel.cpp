#include "net/timer_wheel.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace nocturn::net {

TimerWheel::TimerWheel(Tick now) : cursor_(now) {
  links_.reserve(kSentinels + 64);
  for (std::uint32_t i = 0; i < kSentinels; ++i) links_.push_back({i, i});
}

TimerWheel::Id TimerWheel::arm(Tick due, Task task) {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(timers_.size());
    timers_.emplace_back();
    links_.push_back({});
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Timer& timer = timers_[index];
  timer.due = std::max(due, cursor_ + 1);
  timer.armed = true;
  timer.task = std::move(task);
  const auto slot = static_cast<std::uint32_t>(timer.due & (kSlots - 1));
  append(slot, kSentinels + index);
  mark(slot, true);
  ++armed_;
  return (Id{timer.generation} << 32) | index;
}

bool TimerWheel::cancel(Id id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= timers_.size()) return false;
  const Timer& timer = timers_[index];
  if (!timer.armed || timer.generation != id >> 32) return false;
  release(index);
  return true;
}

std::optional<TimerWheel::Task> TimerWheel::pop_due(Tick now) {
  while (links_[kReady].next == kReady) {
    const auto visit = next_visit();
    if (!visit || *visit > now) {
      cursor_ = std::max(cursor_, now);
      return std::nullopt;
    }
    cursor_ = *visit;
    gather(static_cast<std::uint32_t>(cursor_ & (kSlots - 1)));
  }
  return release(links_[kReady].next - kSentinels);
}

std::optional<TimerWheel::Tick> TimerWheel::next_visit() const {
  if (armed_ == 0) return std::nullopt;
  const Tick first = cursor_ + 1;
  const auto start = static_cast<std::uint32_t>(first & (kSlots - 1));
  constexpr std::uint32_t kWords = kSlots / 64;
  // The first word is looked at twice: from the start's bit upwards, and at the end below it.
  for (std::uint32_t step = 0; step <= kWords; ++step) {
    const std::uint32_t word = (start / 64 + step) % kWords;
    std::uint64_t bits = occupied_[word];
    if (step == 0) bits &= ~std::uint64_t{0} << (start % 64);
    if (bits == 0) continue;
    const std::uint32_t slot = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
    return first + ((slot - start) & (kSlots - 1));
  }
  return cursor_;  // only the ready list holds timers
}

void TimerWheel::append(std::uint32_t list, std::uint32_t link) {
  const std::uint32_t last = links_[list].previous;
  links_[link] = {last, list};
  links_[last].next = link;
  links_[list].previous = link;
}

void TimerWheel::unlink(std::uint32_t link) {
  const auto [previous, next] = links_[link];
  links_[previous].next = next;
  links_[next].previous = previous;
  // A list that became empty has only its sentinel left.
  if (previous == next && previous < kSlots) mark(previous, false);
}

// Moves the timers of `slot` that are due at the cursor to the ready list; others stay for a
// later round.
void TimerWheel::gather(std::uint32_t slot) {
  for (std::uint32_t link = links_[slot].next; link != slot;) {
    const std::uint32_t next = links_[link].next;
    if (timers_[link - kSentinels].due <= cursor_) {
      unlink(link);
      append(kReady, link);
    }
    link = next;
  }
}

TimerWheel::Task TimerWheel::release(std::uint32_t index) {
  unlink(kSentinels + index);
  Timer& timer = timers_[index];
  timer.armed = false;
  if (++timer.generation == 0) timer.generation = 1;  // an id of 0 would mean "no timer"
  free_.push_back(index);
  --armed_;
  return std::exchange(timer.task, nullptr);
}

void TimerWheel::mark(std::uint32_t slot, bool occupied) {
  const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
  if (occupied) {
    occupied_[slot / 64] |= bit;
  } else {
    occupied_[slot / 64] &= ~bit;
  }
}

}  // namespace nocturn::net
