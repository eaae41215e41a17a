#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/time_zone.h"

// Local dates of a place, as the page shows them and as day cells are cut. Pure.
namespace nocturn::status_page {

// What a calendar and a clock on the wall there show.
struct Civil {
  std::chrono::year_month_day day;
  int hour = 0, minute = 0, second = 0;
};
Civil civil(const TimeZone& zone, WallTime time);

// The starts of the last `count` local days up to the one that `now` is in, and of the next
// day: count + 1 instants, oldest first. A day lasts 23, 24 or 25 hours, seldom anything else.
std::vector<WallTime> day_starts(const TimeZone& zone, WallTime now, int count);

}  // namespace nocturn::status_page
