#include "monitoring/queue.h"

#include <algorithm>

#include "base/result.h"

namespace nocturn::monitoring {
namespace {

std::size_t index(ProbeQueue::Line line) { return static_cast<std::size_t>(line); }

}  // namespace

ProbeQueue::ProbeQueue(std::size_t places)
    : places_(std::max<std::size_t>(1, places)),
      places_for_ill_(std::max<std::size_t>(1, places_ / 2)) {}

bool ProbeQueue::has_place(Line line) const {
  if (running() >= places_) return false;
  return line == Line::well || running_[index(Line::ill)] < places_for_ill_;
}

bool ProbeQueue::enter(Slot slot, Line line) {
  auto& waiting = waiting_[index(line)];
  if (waiting.empty() && has_place(line)) {
    ++running_[index(line)];
    return true;
  }
  waiting.push_back(slot);
  return false;
}

void ProbeQueue::leave(Line line) {
  CHECK(running_[index(line)] > 0);
  --running_[index(line)];
}

std::optional<ProbeQueue::Turn> ProbeQueue::next() {
  const Line other = turn_ == Line::well ? Line::ill : Line::well;
  for (const Line line : {turn_, other}) {
    auto& waiting = waiting_[index(line)];
    if (waiting.empty() || !has_place(line)) continue;
    const Turn turn{waiting.front(), line};
    waiting.pop_front();
    ++running_[index(line)];
    turn_ = line == Line::well ? Line::ill : Line::well;
    return turn;
  }
  return std::nullopt;
}

void ProbeQueue::forget(Slot slot) {
  for (auto& waiting : waiting_) std::erase(waiting, slot);
}

}  // namespace nocturn::monitoring
