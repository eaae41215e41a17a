#include "identity/throttle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include <rapidcheck.h>

namespace nocturn::identity {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr SteadyTime kStart(std::chrono::hours(1000));

// Tries until one is refused; how many were admitted.
int admitted(Throttle& throttle, const Attempt& attempt, SteadyTime now) {
  int count = 0;
  while (count < 1000 && throttle.admit(attempt, now) == Micros(0)) ++count;
  return count;
}

TEST(Throttle, slows_strangers_at_an_account_down_after_five_failures) {
  Throttle throttle;
  const Attempt stranger{"192.0.2.1", "ada", ""};
  EXPECT_EQ(admitted(throttle, stranger, kStart), 5);
  EXPECT_EQ(throttle.admit(stranger, kStart), Micros(seconds(1)));
  EXPECT_EQ(throttle.admit(stranger, kStart + seconds(1)), Micros(0));
  EXPECT_EQ(throttle.admit(stranger, kStart + seconds(1)), Micros(seconds(2)));
}

TEST(Throttle, never_slows_the_owners_known_device_for_what_strangers_do) {
  Throttle throttle;
  for (int i = 0; i < 1000; ++i)
    throttle.admit({fmt::format("192.0.2.{}", i), "ada", ""}, kStart + seconds(i));
  EXPECT_EQ(throttle.admit({"198.51.100.7", "ada", "her laptop"}, kStart + seconds(1000)),
            Micros(0));
  EXPECT_GT(throttle.admit({"198.51.100.7", "ada", ""}, kStart + seconds(1000)), Micros(0));
}

TEST(Throttle, never_slows_a_known_device_for_what_others_at_its_address_do) {
  Throttle throttle;
  for (int i = 0; i < 100; ++i) throttle.admit({"192.0.2.1", fmt::format("user{}", i), ""}, kStart);
  EXPECT_EQ(throttle.admit({"192.0.2.1", "ada", "her laptop"}, kStart), Micros(0));
  EXPECT_GT(throttle.admit({"192.0.2.1", "ada", ""}, kStart), Micros(0));
}

TEST(Throttle, forgets_nobody_for_a_flood_of_tries_that_it_refuses) {
  Throttle throttle({}, 50);
  for (int i = 0; i < 5; ++i) throttle.admit({fmt::format("198.51.100.{}", i), "ada", ""}, kStart);
  for (int i = 0; i < 1000; ++i)
    throttle.admit({"192.0.2.1", fmt::format("made up {}", i), ""}, kStart);
  EXPECT_GT(throttle.admit({"203.0.113.1", "ada", ""}, kStart), Micros(0));
}

TEST(Throttle, slows_an_address_that_tries_many_accounts) {
  Throttle throttle;
  int count = 0;
  for (int i = 0; i < 100; ++i)
    if (throttle.admit({"192.0.2.1", fmt::format("user{}", i), ""}, kStart) == Micros(0)) ++count;
  EXPECT_EQ(count, 20);
  EXPECT_EQ(throttle.admit({"192.0.2.2", "user99", ""}, kStart), Micros(0));
}

TEST(Throttle, never_makes_anybody_wait_longer_than_a_quarter_of_an_hour) {
  Throttle throttle;
  SteadyTime now = kStart;
  Micros longest(0);
  for (int i = 0; i < 500; ++i) {
    const Micros wait = throttle.admit({"192.0.2.1", "ada", ""}, now);
    longest = std::max(longest, wait);
    now += wait;
  }
  EXPECT_EQ(longest, Micros(minutes(15)));
}

TEST(Throttle, lets_fewer_than_two_hundred_guesses_a_day_at_an_account_through) {
  Throttle throttle;
  int count = 0;
  for (int second = 0; second < 24 * 60 * 60; ++second)
    if (throttle.admit({fmt::format("2001:db8:{:x}::/64", second), "ada", ""},
                       kStart + seconds(second)) == Micros(0))
      ++count;
  EXPECT_LT(count, 200);
}

TEST(Throttle, forgets_after_an_hour_without_a_try) {
  Throttle throttle;
  const Attempt stranger{"192.0.2.1", "ada", ""};
  admitted(throttle, stranger, kStart);
  EXPECT_EQ(admitted(throttle, stranger, kStart + std::chrono::hours(1)), 5);
}

TEST(Throttle, does_not_count_what_turned_out_well) {
  Throttle throttle;
  const Attempt attempt{"192.0.2.1", "ada", ""};
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(throttle.admit(attempt, kStart), Micros(0));
    throttle.forgive(attempt);
  }
}

TEST(Throttle, remembers_no_more_than_it_was_given_room_for) {
  Throttle throttle({}, 50);
  for (int i = 0; i < 1000; ++i) throttle.admit({fmt::format("a{}", i), "ada", ""}, kStart);
  EXPECT_LE(throttle.size(), 50u);
}

// What a hub keeps, and a restart with that.
class Disk {
 public:
  void keep(Throttle& throttle) {
    for (const Throttle::Memory& memory : throttle.take_changed(1000)) {
      if (memory.count == 0)
        kept_.erase(memory.name);
      else
        kept_.insert_or_assign(memory.name, memory);
    }
  }
  Throttle restarted() const {
    std::vector<Throttle::Memory> memories;
    for (const auto& [name, memory] : kept_) memories.push_back(memory);
    std::ranges::sort(memories, {}, &Throttle::Memory::last);
    Throttle throttle;
    for (const Throttle::Memory& memory : memories) throttle.restore(memory);
    return throttle;
  }

 private:
  std::map<std::string, Throttle::Memory> kept_;
};

TEST(Throttle, goes_on_after_a_restart_with_what_was_kept) {
  Throttle throttle;
  const Attempt stranger{"192.0.2.1", "ada", ""}, device{"192.0.2.1", "ada", "laptop"};
  admitted(throttle, stranger, kStart);
  admitted(throttle, device, kStart);
  Disk disk;
  disk.keep(throttle);
  Throttle again = disk.restarted();
  EXPECT_EQ(again.admit(stranger, kStart), Micros(seconds(1)));
  EXPECT_EQ(again.admit(device, kStart), Micros(seconds(1)));
  EXPECT_EQ(again.admit({"192.0.2.2", "ada", ""}, kStart), Micros(seconds(1)));
  EXPECT_EQ(again.admit({"192.0.2.2", "bede", ""}, kStart), Micros(0));
}

TEST(Throttle, tells_each_change_once_and_the_most_failures_first) {
  Throttle throttle;
  throttle.admit({"192.0.2.1", "ada", ""}, kStart);
  for (int i = 0; i < 3; ++i) throttle.admit({fmt::format("198.51.100.{}", i), "bede", ""}, kStart);
  const auto first = throttle.take_changed(1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].count, 3);
  EXPECT_FALSE(first[0].name.contains("bede"));
  EXPECT_EQ(throttle.take_changed(100).size(), 5u);
  EXPECT_TRUE(throttle.take_changed(100).empty());
  throttle.forgive({"192.0.2.1", "ada", ""});
  const auto forgiven = throttle.take_changed(100);
  ASSERT_EQ(forgiven.size(), 2u);
  EXPECT_EQ(forgiven[0].count, 0);
  const Attempt fine{"203.0.113.1", "cleo", ""};  // turned out well before anybody asked
  throttle.admit(fine, kStart);
  throttle.forgive(fine);
  EXPECT_TRUE(throttle.take_changed(100).empty());
}

// The rule once more, from the whole history, as slowly as can be.
class Dumb {
 public:
  Micros admit(const Attempt& attempt, SteadyTime now) {
    Micros wait(0);
    for (const std::string& each : keys(attempt))
      wait = std::max(wait, left(each, rule(each), now));
    if (wait > Micros(0)) return wait;
    for (const std::string& each : keys(attempt)) history_[each].push_back(now);
    return Micros(0);
  }
  void forgive(const Attempt& attempt) {
    for (const std::string& each : keys(attempt)) {
      auto& failures = history_[each];
      // The newest time stays that of the last try, so the oldest failure is the one forgiven.
      if (!failures.empty()) last_[each] = failures.back();
      if (!failures.empty()) failures.erase(failures.begin());
    }
  }

 private:
  static std::vector<std::string> keys(const Attempt& attempt) {
    if (attempt.device.empty()) return {"a" + attempt.address, "s" + attempt.account};
    return {"d" + attempt.account + "/" + attempt.device};
  }
  static const Throttle::Rule& rule(const std::string& key) {
    if (key[0] == 'd') return Throttle::kDevice;
    return key[0] == 'a' ? Throttle::kAddress : Throttle::kStranger;
  }
  Micros left(const std::string& each, const Throttle::Rule& rule, SteadyTime now) {
    auto& failures = history_[each];
    const SteadyTime last = failures.empty() ? last_[each] : failures.back();
    if (now - last >= rule.forget) failures.clear();
    const auto count = static_cast<int>(failures.size());
    if (count < rule.free) return Micros(0);
    const double pause = static_cast<double>(rule.first.count()) * std::pow(2.0, count - rule.free);
    const Micros bounded(
        static_cast<std::int64_t>(std::min(pause, static_cast<double>(rule.longest.count()))));
    return std::max(Micros(0), last + bounded - now);
  }
  std::map<std::string, std::vector<SteadyTime>> history_;
  std::map<std::string, SteadyTime> last_;
};

TEST(Throttle, does_as_a_dumber_one_does) {
  const bool holds = rc::check([] {
    Throttle throttle;
    Dumb dumb;
    Disk disk;
    SteadyTime now = kStart;
    const auto steps = *rc::gen::inRange(1, 400);
    for (int i = 0; i < steps; ++i) {
      now += Micros(seconds(*rc::gen::weightedElement<int>(
          {{60, 0}, {20, 1}, {10, 30}, {6, 900}, {2, 3600}, {1, 7200}})));
      const Attempt attempt{*rc::gen::element<std::string>("192.0.2.1", "192.0.2.2"),
                            *rc::gen::element<std::string>("ada", "bede"),
                            *rc::gen::element<std::string>("", "", "laptop")};
      const Micros wait = throttle.admit(attempt, now);
      RC_ASSERT(wait == dumb.admit(attempt, now));
      RC_ASSERT(wait <= Micros(minutes(15)));
      if (wait == Micros(0) && *rc::gen::inRange(0, 5) == 0) {
        throttle.forgive(attempt);
        dumb.forgive(attempt);
      }
      if (*rc::gen::inRange(0, 10) > 0) continue;
      disk.keep(throttle);
      throttle = disk.restarted();
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace nocturn::identity
