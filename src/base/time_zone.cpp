#include "base/time_zone.h"

#include <date/tz.h>

#include <stdexcept>

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
