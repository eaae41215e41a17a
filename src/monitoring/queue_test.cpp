#include "monitoring/queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::monitoring {
namespace {

using Line = ProbeQueue::Line;

TEST(ProbeQueue, lets_those_who_wait_start_in_their_order) {
  ProbeQueue queue(2);
  EXPECT_TRUE(queue.enter(1, Line::well));
  EXPECT_TRUE(queue.enter(2, Line::well));
  EXPECT_FALSE(queue.enter(3, Line::well));
  EXPECT_FALSE(queue.enter(4, Line::well));
  EXPECT_FALSE(queue.next());
  queue.leave(Line::well);
  EXPECT_EQ(queue.next()->slot, 3u);
  EXPECT_FALSE(queue.next());
}

TEST(ProbeQueue, keeps_half_of_the_places_from_checks_that_hang) {
  ProbeQueue queue(10);
  for (Slot slot = 0; slot < 1000; ++slot) queue.enter(slot, Line::ill);
  EXPECT_EQ(queue.running(), 5u);
  EXPECT_TRUE(queue.enter(2000, Line::well));
}

TEST(ProbeQueue, forgets_a_check_that_went) {
  ProbeQueue queue(1);
  queue.enter(1, Line::well);
  queue.enter(2, Line::well);
  queue.enter(3, Line::ill);
  queue.forget(2);
  queue.leave(Line::well);
  EXPECT_EQ(queue.next()->slot, 3u);
}

RC_GTEST_PROP(ProbeQueueProperty, loses_nobody_and_never_exceeds_its_places, ()) {
  const auto places = *rc::gen::inRange<std::size_t>(1, 9);
  ProbeQueue queue(places);
  std::vector<Line> running;
  std::size_t entered = 0, started = 0;
  for (const int action : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4))) {
    if (action < 2) {
      const Line line = static_cast<Line>(action);
      ++entered;
      if (queue.enter(static_cast<Slot>(entered), line)) running.push_back(line), ++started;
    } else if (!running.empty()) {
      queue.leave(running.back());
      running.pop_back();
      while (const auto turn = queue.next()) running.push_back(turn->line), ++started;
    }
    RC_ASSERT(running.size() == queue.running());
    RC_ASSERT(running.size() <= places);
    RC_ASSERT(started + queue.waiting() == entered);
  }
}

}  // namespace
}  // namespace nocturn::monitoring
