#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

// Local time of a place, by the system's time-zone database. The one file that knows the date
// library; everything else keeps UTC and asks here when something is shown or a calendar day
// matters. A TimeZone is a small handle, cheap to copy, valid for the program's life; thread-safe.
namespace nocturn {

using LocalTime = std::chrono::local_time<Micros>;

class TimeZone {
 public:
  // By IANA name, for example "Europe/Amsterdam"; `not_found` for any other text.
  static Result<TimeZone> find(std::string_view name);
  // The IANA name that was probably meant: "Europe/Amsterdam" for "Europe/Amsterdm" and for
  // "Amsterdam"; empty when none is near.
  static std::string meant_by(std::string_view name);
  static TimeZone utc();
  // The zone this machine is set to; UTC when that cannot be told.
  static TimeZone of_this_machine();

  std::string_view name() const;
  LocalTime local(WallTime time) const;
  std::chrono::minutes offset(WallTime time) const;  // east of UTC
  std::string abbreviation(WallTime time) const;     // "CET", or "+03"

  // The moment of a local time. In the hour that a spring clock change skips: the moment of the
  // change; in the hour that autumn repeats: the first of the two.
  WallTime wall(LocalTime time) const;
  // The local calendar day that holds `time`, and the moment it starts. A day is 23, 24 or 25 h.
  std::chrono::local_days day(WallTime time) const;
  WallTime start_of(std::chrono::local_days day) const;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}
  const void* zone_;  // date::time_zone
};

}  // namespace nocturn
