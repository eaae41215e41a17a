#include "api/rate_limit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::api {
namespace {

using namespace std::chrono_literals;

constexpr Allowance kFew{.burst = 3, .per_second = 1};

TEST(RateLimit, lets_a_rested_caller_make_a_burst_and_then_says_how_long_to_wait) {
  VirtualClock clock;
  RateLimit limit(clock);
  EXPECT_EQ(limit.take("a", kFew).remaining, 2);
  EXPECT_EQ(limit.take("a", kFew).remaining, 1);
  EXPECT_EQ(limit.take("a", kFew).remaining, 0);
  const auto refused = limit.take("a", kFew);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after_seconds, 1);
  clock.advance(1s);
  EXPECT_TRUE(limit.take("a", kFew).allowed);
  EXPECT_FALSE(limit.take("a", kFew).allowed);
}

TEST(RateLimit, does_not_count_one_callers_calls_against_another) {
  VirtualClock clock;
  RateLimit limit(clock);
  for (int i = 0; i < 10; ++i) limit.take("a", kFew);
  EXPECT_TRUE(limit.take("b", kFew).allowed);
}

TEST(RateLimit, remembers_no_more_callers_than_it_may_and_the_busiest_longest) {
  VirtualClock clock;
  RateLimit limit(clock);
  for (int i = 0; i < 3; ++i) limit.take("busy", kFew);
  for (std::size_t i = 0; i < 3 * RateLimit::kMostCallers; ++i) {
    limit.take(fmt::format("stranger {}", i), kFew);
    ASSERT_LE(limit.callers(), RateLimit::kMostCallers);
  }
  EXPECT_FALSE(limit.take("busy", kFew).allowed);
}

// The dumber second implementation: a bucket with a fraction of a token in it.
RC_GTEST_PROP(RateLimit, allows_what_a_plain_token_bucket_allows, ()) {
  VirtualClock clock;
  RateLimit limit(clock);
  const auto pauses = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
  double tokens = kFew.burst;
  for (const int pause : pauses) {
    clock.advance(std::chrono::seconds(pause));
    tokens = std::min<double>(kFew.burst, tokens + pause * kFew.per_second);
    const bool allowed = tokens >= 1;
    if (allowed) tokens -= 1;
    RC_ASSERT(limit.take("a", kFew).allowed == allowed);
  }
}

TEST(AddressKey, takes_hosts_of_one_ipv6_network_together) {
  EXPECT_EQ(address_key("192.0.2.1"), "address/192.0.2.1");
  EXPECT_EQ(address_key("::ffff:192.0.2.1"), "address/::ffff:192.0.2.1");
  EXPECT_EQ(address_key("2001:db8:1:2:3:4:5:6"), address_key("2001:db8:1:2::9"));
  EXPECT_NE(address_key("2001:db8:1:2::9"), address_key("2001:db8:1:3::9"));
  EXPECT_EQ(address_key("2001:db8::1"), address_key("2001:db8::2"));
}

}  // namespace
}  // namespace nocturn::api
