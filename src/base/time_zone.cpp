#include "base/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/text.h"

namespace nocturn {
namespace {

const date::time_zone& real(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return fail(ErrorCode::not_found, "\"{}\" is no time zone of this system's database", name);
  }
}

std::string TimeZone::meant_by(std::string_view name) {
  const date::tzdb& database = date::get_tzdb();
  std::vector<std::string_view> names;
  for (const date::time_zone& zone : database.zones) names.push_back(zone.name());
  if (const std::string_view near = nearest(name, names); !near.empty()) return std::string(near);
  const std::size_t before = name.rfind('/');
  std::string place = lower_ascii(before == name.npos ? name : name.substr(before + 1));
  std::ranges::replace(place, ' ', '_');
  for (const std::string_view known : names) {
    const std::size_t slash = known.rfind('/');
    if (slash != known.npos && lower_ascii(known.substr(slash + 1)) == place)
      return std::string(known);
  }
  return {};
}

TimeZone TimeZone::utc() { return TimeZone(date::locate_zone("UTC")); }

TimeZone TimeZone::of_this_machine() {
  try {
    return TimeZone(date::current_zone());
  } catch (const std::exception&) {
    return utc();
  }
}

std::string_view TimeZone::name() const { return real(zone_).name(); }

LocalTime TimeZone::local(WallTime time) const {
  return LocalTime(real(zone_).to_local(time).time_since_epoch());
}

std::chrono::minutes TimeZone::offset(WallTime time) const {
  return std::chrono::duration_cast<std::chrono::minutes>(real(zone_).get_info(time).offset);
}

std::string TimeZone::abbreviation(WallTime time) const {
  return real(zone_).get_info(time).abbrev;
}

WallTime TimeZone::wall(LocalTime time) const {
  return real(zone_).to_sys(date::local_time<Micros>(time.time_since_epoch()),
                            date::choose::earliest);
}

std::chrono::local_days TimeZone::day(WallTime time) const {
  return std::chrono::floor<std::chrono::days>(local(time));
}

WallTime TimeZone::start_of(std::chrono::local_days day) const { return wall(LocalTime(day)); }

}  // namespace nocturn
