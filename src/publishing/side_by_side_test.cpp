#include "publishing/side_by_side.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>

namespace nocturn::publishing {
namespace {

TEST(SideBySide, does_each_item_once_whatever_the_lines) {
  for (const std::size_t lines : {1, 3, 8, 100}) {
    std::vector<std::atomic<int>> done(50);
    ASSERT_TRUE(side_by_side(done.size(), lines, [&](std::size_t line, std::size_t item) -> Status {
      EXPECT_LT(line, lines);
      ++done[item];
      return {};
    }));
    for (const auto& times : done) EXPECT_EQ(times, 1);
  }
  EXPECT_TRUE(
      side_by_side(0, 8, [](auto, auto) -> Status { return fail(ErrorCode::internal, "x"); }));
}

TEST(SideBySide, works_at_as_many_as_there_are_lines) {
  std::barrier all(4);  // opens for nobody unless four are there
  EXPECT_TRUE(side_by_side(4, 4, [&](auto, auto) -> Status {
    all.arrive_and_wait();
    return {};
  }));
}

TEST(SideBySide, begins_nothing_after_a_failure_and_tells_the_first) {
  std::atomic<int> begun = 0;
  const Status outcome = side_by_side(1000, 4, [&](auto, std::size_t item) -> Status {
    ++begun;
    if (item >= 10) return fail(ErrorCode::unavailable, "item {}", item);
    return {};
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "item 10");
  EXPECT_LE(begun, 14);
}

}  // namespace
}  // namespace nocturn::publishing
