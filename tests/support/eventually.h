#pragma once

#include <chrono>
#include <concepts>
#include <thread>

namespace nocturn::testing {

// Asks every 50 ms until the condition holds or the patience is over; whether it holds. Counts its
// questions and not the time, so that a test on a machine that stood still does not give up for it.
bool eventually(std::predicate auto&& condition,
                std::chrono::milliseconds patience = std::chrono::seconds(120)) {
  constexpr std::chrono::milliseconds kPause{50};
  for (std::chrono::milliseconds waited{0}; waited < patience; waited += kPause) {
    if (condition()) return true;
    std::this_thread::sleep_for(kPause);
  }
  return condition();
}

}  // namespace nocturn::testing
