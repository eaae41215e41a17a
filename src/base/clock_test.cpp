#include "base/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/id.h"

namespace nocturn {
namespace {

TEST(Rfc3339, reads_offsets_and_fractions) {
  EXPECT_EQ(to_rfc3339(*from_rfc3339("2026-11-22T08:30:00.25+02:00")),
            "2026-11-22T06:30:00.250000Z");
  EXPECT_EQ(to_rfc3339(*from_rfc3339("2024-02-29T23:59:59Z")), "2024-02-29T23:59:59Z");
}

TEST(Rfc3339, refuses_days_and_zones_that_do_not_exist) {
  for (const char* text : {"2026-02-29T00:00:00Z", "2026-11-22 06:30:00Z", "2026-11-22T06:30:00",
                           "2026-11-22T24:00:00Z", "2026-11-22T06:30:00.Z", "2026-11-22T06:30Z",
                           "2026-11-22T06:30:00+2:00", ""})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

RC_GTEST_PROP(Rfc3339, reads_back_what_it_wrote, ()) {
  const auto micros = *rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000'000);  // until 2100
  const WallTime time{Micros(micros)};
  RC_ASSERT(*from_rfc3339(to_rfc3339(time)) == time);
}

TEST(Duration, reads_what_operators_write) {
  EXPECT_EQ(*parse_duration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(*parse_duration("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(*parse_duration("7d"), std::chrono::hours(168));
  for (const char* text : {"", "30", "s", "-1s", "1.5s", "1w", "99999999999d"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

RC_GTEST_PROP(Duration, reads_back_what_it_wrote, ()) {
  const Micros duration(*rc::gen::inRange<std::int64_t>(0, std::int64_t(1) << 50));
  RC_ASSERT(*parse_duration(to_text(duration)) == duration);
}

TEST(Uuid, sorts_by_the_time_it_was_made) {
  VirtualClock clock;
  SeededRandom random(7);
  std::string before;
  for (int i = 0; i < 100; ++i) {
    const std::string id = new_uuid(clock, random);
    EXPECT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '7');
    EXPECT_LT(before, id);
    before = id;
    clock.advance(std::chrono::milliseconds(1));
  }
}

TEST(Random, draws_below_its_bound) {
  SeededRandom random(1);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(7), 7u);
}

}  // namespace
}  // namespace nocturn
