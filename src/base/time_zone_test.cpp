#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace nocturn {
namespace {

using std::chrono::hours;

TEST(TimeZone, knows_the_zones_of_the_system_and_no_others) {
  EXPECT_TRUE(TimeZone::find("Europe/Amsterdam"));
  EXPECT_TRUE(TimeZone::find("Asia/Jerusalem"));
  EXPECT_FALSE(TimeZone::find("Europe/Amsterdm"));
  EXPECT_FALSE(TimeZone::find("../../etc/passwd"));
  EXPECT_FALSE(TimeZone::find(""));
}

TEST(TimeZone, guesses_which_zone_was_meant) {
  EXPECT_EQ(TimeZone::meant_by("Europe/Amsterdm"), "Europe/Amsterdam");
  EXPECT_EQ(TimeZone::meant_by("new york"), "America/New_York");
  EXPECT_EQ(TimeZone::meant_by("CET/Berlin"), "Europe/Berlin");
  EXPECT_EQ(TimeZone::meant_by("../../etc/passwd"), "");
}

TEST(TimeZone, gives_days_of_23_and_25_hours_when_clocks_change) {
  const TimeZone zone = *TimeZone::find("Europe/Amsterdam");
  const auto length = [&](const char* noon) {
    const auto day = zone.day(*from_rfc3339(noon));
    return zone.start_of(day + std::chrono::days(1)) - zone.start_of(day);
  };
  EXPECT_EQ(length("2026-03-29T12:00:00Z"), hours(23));
  EXPECT_EQ(length("2026-10-25T12:00:00Z"), hours(25));
  EXPECT_EQ(length("2026-11-22T12:00:00Z"), hours(24));
}

TEST(TimeZone, takes_skipped_and_repeated_local_times_to_a_moment) {
  const TimeZone zone = *TimeZone::find("Europe/Amsterdam");
  const auto local = [](int month, int day, int hour, int minute) {
    return LocalTime(std::chrono::local_days(std::chrono::year(2026) / month / day)) +
           hours(hour) + std::chrono::minutes(minute);
  };
  EXPECT_EQ(to_rfc3339(zone.wall(local(3, 29, 2, 30))), "2026-03-29T01:00:00Z");
  EXPECT_EQ(to_rfc3339(zone.wall(local(10, 25, 2, 30))), "2026-10-25T00:30:00Z");
  EXPECT_EQ(zone.abbreviation(*from_rfc3339("2026-07-01T00:00:00Z")), "CEST");
  EXPECT_EQ(zone.offset(*from_rfc3339("2026-07-01T00:00:00Z")), std::chrono::minutes(120));
}

}  // namespace
}  // namespace nocturn
