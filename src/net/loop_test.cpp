#include "net/loop.h"

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

using std::chrono::milliseconds;

struct Pair {
  Pair() { CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0); }
  ~Pair() {
    close_end(0);
    close_end(1);
  }
  void close_end(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  int ends[2];
};

class LoopTest : public testing::Test {
 protected:
  SystemClock clock;
  Loop loop{clock};
};

TEST_F(LoopTest, fires_timers_in_order_and_never_early) {
  const SteadyTime start = clock.steady();
  std::vector<int> order;
  loop.after(milliseconds(20), [&] {
    order.push_back(2);
    EXPECT_GE(clock.steady() - start, milliseconds(20));
    loop.stop();
  });
  loop.after(milliseconds(5), [&] {
    order.push_back(1);
    EXPECT_GE(clock.steady() - start, milliseconds(5));
  });
  const auto cancelled = loop.after(milliseconds(10), [&] { order.push_back(9); });
  loop.cancel(cancelled);
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST_F(LoopTest, runs_what_other_threads_post_before_it_returns) {
  int done = 0;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) loop.post([&] { ++done; });
    loop.stop();
  });
  loop.run();
  other.join();
  EXPECT_EQ(done, 1000);
}

TEST_F(LoopTest, a_stop_before_the_run_is_not_lost) {
  loop.stop();
  loop.run();  // ends at once
  bool ran = false;
  loop.post([&] {
    ran = true;
    loop.stop();
  });
  loop.run();  // and the stop held for one run alone
  EXPECT_TRUE(ran);
}

TEST_F(LoopTest, tells_readable_and_writable_as_asked) {
  Pair pair;
  int writable_seen = 0;
  loop.watch(pair.ends[0], Interest::both, [&](bool readable, bool writable) {
    if (writable && writable_seen++ == 0) {
      EXPECT_FALSE(readable);
      loop.change(pair.ends[0], Interest::read);
      EXPECT_EQ(::send(pair.ends[1], "x", 1, MSG_NOSIGNAL), 1);
      return;
    }
    EXPECT_TRUE(readable);
    EXPECT_FALSE(writable);
    loop.forget(pair.ends[0]);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(writable_seen, 1);
}

TEST_F(LoopTest, a_hang_up_does_not_spin_without_interest) {
  Pair pair;
  int calls = 0;
  loop.watch(pair.ends[0], Interest::none, [&](bool, bool) { ++calls; });
  pair.close_end(1);
  loop.after(milliseconds(5), [&] { EXPECT_EQ(calls, 0); });
  loop.after(milliseconds(6), [&] { loop.change(pair.ends[0], Interest::write); });
  loop.after(milliseconds(10), [&] { loop.stop(); });
  loop.run();
  EXPECT_GE(calls, 1);
}

TEST_F(LoopTest, an_event_for_a_closed_descriptor_does_not_reach_its_successor) {
  Pair first, second;
  ASSERT_EQ(::send(first.ends[1], "x", 1, 0), 1);
  ASSERT_EQ(::send(second.ends[1], "x", 1, 0), 1);
  int calls = 0, successor_calls = 0;
  std::unique_ptr<Pair> successor;
  const auto replace = [&](Pair& victim) {
    const int number = victim.ends[0];
    loop.forget(number);
    victim.close_end(0);
    successor = std::make_unique<Pair>();
    ASSERT_TRUE(successor->ends[0] == number || successor->ends[1] == number);
    loop.watch(number, Interest::read, [&](bool, bool) { ++successor_calls; });
  };
  // Whichever is dispatched first replaces the other, whose event is already in the batch.
  loop.watch(first.ends[0], Interest::read, [&](bool, bool) {
    if (calls++ == 0) replace(second);
  });
  loop.watch(second.ends[0], Interest::read, [&](bool, bool) {
    if (calls++ == 0) replace(first);
  });
  loop.after(milliseconds(5), [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(successor_calls, 0);
}

}  // namespace
}  // namespace nocturn::net
