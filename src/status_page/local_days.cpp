#include "status_page/local_days.h"

namespace nocturn::status_page {

Civil civil(const TimeZone& zone, WallTime time) {
  const LocalTime local = zone.local(time);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto second = std::chrono::floor<std::chrono::seconds>(local - day).count();
  return {std::chrono::year_month_day(day), static_cast<int>(second / 3600),
          static_cast<int>(second / 60 % 60), static_cast<int>(second % 60)};
}

std::vector<WallTime> day_starts(const TimeZone& zone, WallTime now, int count) {
  const std::chrono::local_days today = zone.day(now);
  std::vector<WallTime> starts;
  starts.reserve(static_cast<std::size_t>(count) + 1);
  for (int back = count - 1; back >= -1; --back)
    starts.push_back(zone.start_of(today - std::chrono::days(back)));
  return starts;
}

}  // namespace nocturn::status_page
