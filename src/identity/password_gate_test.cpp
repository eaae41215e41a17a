#include "identity/password_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace nocturn::identity {
namespace {

TEST(PasswordGate, lets_a_known_guest_through_a_crowd_of_strangers) {
  // Dear enough that the crowd is inside at all times.
  PasswordGate gate({.passes = 3, .memory_bytes = std::size_t{16} << 20});
  std::atomic<bool> over{false};
  std::atomic<int> refused{0};
  std::vector<std::jthread> crowd;
  for (int i = 0; i < 6; ++i)
    crowd.emplace_back([&] {
      while (!over) {
        if (!gate.verify("guess", "", PasswordGate::Guest::stranger)) ++refused;
        std::this_thread::yield();
      }
    });
  while (refused == 0) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(gate.verify("mine", "", PasswordGate::Guest::known)) << i;
  over = true;
}

}  // namespace
}  // namespace nocturn::identity
