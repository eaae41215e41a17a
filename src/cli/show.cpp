#include "cli/show.h"

#include <boost/json.hpp>

#include "base/time_zone.h"

namespace nocturn::cli {

std::string text_of(const Json& object, const char* name) {
  const Json* value = object.as_object().if_contains(name);
  if (value == nullptr || value->is_null()) return "";
  if (value->is_double()) return fmt::format("{}", value->get_double());
  return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

std::string time_of(const Json& object, const char* name, bool utc) {
  const std::string text = text_of(object, name);
  const auto time = from_rfc3339(text);
  if (!time) return text;
  const WallTime second = std::chrono::floor<std::chrono::seconds>(*time);
  const TimeZone zone = utc ? TimeZone::utc() : TimeZone::of_this_machine();
  const std::string local = to_rfc3339(WallTime(zone.local(second).time_since_epoch()));
  return fmt::format("{} {} {}", local.substr(0, 10), local.substr(11, 8),
                     zone.abbreviation(second));
}

std::string milliseconds_of(const Json& object, std::string_view name) {
  const Json* value = object.as_object().if_contains(name);
  if (value == nullptr || !value->is_number()) return "-";
  return fmt::format("{:.2f} ms", value->to_number<double>() / 1000);
}

}  // namespace nocturn::cli
