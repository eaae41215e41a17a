#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "monitoring/roster.h"

// Who may probe now: at most so many probes run at once, the others wait in the order in which
// they came. Its invariant: checks that are not known to pass (`ill`) hold at most half of
// the places, so that a thousand targets that let their probes hang cannot starve the healthy ones.
namespace nocturn::monitoring {

class ProbeQueue {
 public:
  explicit ProbeQueue(std::size_t places);

  enum class Line : std::uint8_t { well, ill };

  // True: start it now. False: it waits, and next() will name it.
  bool enter(Slot slot, Line line);
  // A probe of that line ended or was abandoned.
  void leave(Line line);
  // The next one that may start now, which it must.
  struct Turn {
    Slot slot;
    Line line;
  };
  std::optional<Turn> next();
  // One that waits does so no longer.
  void forget(Slot slot);

  std::size_t running() const { return running_[0] + running_[1]; }
  std::size_t waiting() const { return waiting_[0].size() + waiting_[1].size(); }

 private:
  bool has_place(Line line) const;

  std::size_t places_, places_for_ill_;
  std::array<std::size_t, 2> running_{};
  std::array<std::deque<Slot>, 2> waiting_;
  Line turn_ = Line::well;  // whose turn it is when both may start
};

}  // namespace nocturn::monitoring
