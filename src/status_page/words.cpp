#include "status_page/words.h"

#include <algorithm>

#include <unicode/plurrule.h>
#include <unicode/unistr.h>
#include <boost/json.hpp>

#include "base/text.h"
#include "nocturn_status_page_embedded.h"

namespace nocturn::status_page {
namespace {

// The language's plural category of a count: "one", "two", "other" …
template <Locale locale>
std::string plural_category(std::int64_t count) {
  static const auto rules = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::PluralRules> made(
        icu::PluralRules::forLocale(icu::Locale(std::string(tag_of(locale)).c_str()), error));
    CHECK(U_SUCCESS(error));
    return made;
  }();
  std::string category;
  rules->select(static_cast<std::int32_t>(std::min<std::int64_t>(count, INT32_MAX)))
      .toUTF8String(category);
  return category;
}

// One pass, so that a value that looks like a placeholder stays what it is.
std::string fill(std::string_view text, std::initializer_list<Words::Argument> arguments) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const std::string_view name = text.substr(1, close - 1);
    const auto argument =
        std::find_if(arguments.begin(), arguments.end(),
                     [&](const auto& candidate) { return candidate.first == name; });
    if (close == std::string_view::npos || argument == arguments.end()) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    out += argument->second;
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string nth(const std::string& list, unsigned index) {
  return std::string(split(list, ' ').at(index));
}

unsigned weekday_of(std::chrono::year_month_day day) {
  return std::chrono::weekday(std::chrono::sys_days(day)).c_encoding();
}
unsigned month_of(std::chrono::year_month_day day) { return unsigned(day.month()) - 1; }
std::string day_of(std::chrono::year_month_day day) {
  return fmt::format("{}", unsigned(day.day()));
}
std::string year_of(std::chrono::year_month_day day) { return fmt::format("{}", int(day.year())); }
std::string clock(const Civil& civil) {
  return fmt::format("{:02}:{:02}", civil.hour, civil.minute);
}

}  // namespace

std::string_view tag_of(Locale locale) { return locale == Locale::he ? "he" : "en"; }

std::optional<Locale> locale_from(std::string_view tag) {
  const std::string language = lower_ascii(tag.substr(0, tag.find('-')));
  for (const Locale locale : kLocales)
    if (language == tag_of(locale)) return locale;
  return std::nullopt;
}

Locale negotiate(std::string_view accept_language, Locale otherwise) {
  Locale best = otherwise;
  double best_weight = 0;
  for (const std::string_view part : split(accept_language, ',')) {
    const std::vector<std::string_view> fields = split(part, ';');
    double weight = 1;
    for (std::size_t i = 1; i < fields.size(); ++i)
      if (const std::string_view field = trim(fields[i]); field.starts_with("q="))
        weight = std::atof(std::string(field.substr(2, 5)).c_str());
    const std::optional<Locale> locale = locale_from(trim(fields[0]));
    if (locale && weight > best_weight) {
      best = *locale;
      best_weight = weight;
    }
  }
  return best;
}

const Words& Words::in(Locale locale) {
  static const Words english(Locale::en);
  static const Words hebrew(Locale::he);
  return locale == Locale::he ? hebrew : english;
}

Words::Words(Locale locale)
    : locale_(locale),
      plural_(locale == Locale::he ? plural_category<Locale::he> : plural_category<Locale::en>) {
  const auto file = embedded(fmt::format("messages/{}.json", tag_of(locale)));
  CHECK(file.has_value());
  const auto catalogue = parse_json(*file);
  CHECK(catalogue.has_value());
  for (const auto& [key, value] : catalogue->as_object()) {
    if (value.is_string()) {
      texts_.emplace(key, std::string(value.as_string()));
      continue;
    }
    for (const auto& [category, form] : value.as_object())
      texts_.emplace(fmt::format("{}#{}", std::string_view(key), std::string_view(category)),
                     std::string(form.as_string()));
  }
}

const std::string& Words::text(std::string_view key) const {
  const auto found = texts_.find(key);
  CHECK(found != texts_.end());
  return found->second;
}

std::string Words::say(std::string_view key, std::initializer_list<Argument> arguments) const {
  return fill(text(key), arguments);
}

std::string Words::count(std::string_view key, std::int64_t count,
                         std::initializer_list<Argument> arguments) const {
  auto form = texts_.find(fmt::format("{}#{}", key, plural_(count)));
  if (form == texts_.end()) form = texts_.find(fmt::format("{}#other", key));
  CHECK(form != texts_.end());
  const std::string counted = fill(form->second, {{"count", fmt::format("{}", count)}});
  return fill(counted, arguments);
}

std::string Words::indicator(Indicator indicator) const {
  return text(fmt::format("indicator.{}", name_of(indicator)));
}

std::string Words::day(std::chrono::year_month_day day) const {
  return say("date.day",
             {{"day", day_of(day)}, {"month", nth(text("date.months"), month_of(day))}});
}

std::string Words::weekday(std::chrono::year_month_day day) const {
  return nth(text("date.weekdays"), weekday_of(day));
}

std::string Words::long_day(std::chrono::year_month_day day) const {
  return say("date.long", {{"weekday", nth(text("date.long_weekdays"), weekday_of(day))},
                           {"day", day_of(day)},
                           {"month", nth(text("date.long_months"), month_of(day))},
                           {"year", year_of(day)}});
}

std::string Words::moment(const TimeZone& zone, WallTime time) const {
  const Civil local = civil(zone, time);
  return say("date.moment", {{"day", day_of(local.day)},
                             {"month", nth(text("date.months"), month_of(local.day))},
                             {"year", year_of(local.day)},
                             {"time", clock(local)},
                             {"zone", zone.abbreviation(time)}});
}

std::string Words::range(const TimeZone& zone, Window window, std::optional<WallTime> now) const {
  constexpr std::chrono::days kFar{300};
  const Civil from = civil(zone, window.from);
  const Civil until = civil(zone, window.until);
  const std::string zone_then = zone.abbreviation(window.until);
  std::string start = clock(from);
  if (const std::string zone_first = zone.abbreviation(window.from); zone_first != zone_then)
    start += " " + zone_first;
  const bool far = now && (window.from - *now > kFar || *now - window.from > kFar);
  const auto month = [&](const Civil& date) {
    const std::string name(nth(text("date.months"), month_of(date.day)));
    return far ? fmt::format("{} {}", name, year_of(date.day)) : name;
  };
  const std::string_view key = from.day == until.day ? "date.range" : "date.range_days";
  return say(key, {{"weekday", weekday(from.day)},
                   {"day", day_of(from.day)},
                   {"month", month(from)},
                   {"from", start},
                   {"weekday2", weekday(until.day)},
                   {"day2", day_of(until.day)},
                   {"month2", month(until)},
                   {"until", clock(until)},
                   {"zone", zone_then}});
}

std::string Words::duration(Micros duration) const {
  const std::int64_t minutes = minutes_up(duration);
  const std::string m = fmt::format("{}", minutes % 60);
  if (minutes < 60) return say("duration.minutes", {{"m", m}});
  if (minutes < 24 * 60) {
    const std::string h = fmt::format("{}", minutes / 60);
    return say(minutes % 60 == 0 ? "duration.hours" : "duration.hours_minutes",
               {{"h", h}, {"m", m}});
  }
  const std::int64_t hours = (minutes + 59) / 60;
  return say(hours % 24 == 0 ? "duration.days" : "duration.days_hours",
             {{"d", fmt::format("{}", hours / 24)}, {"h", fmt::format("{}", hours % 24)}});
}

std::string Words::short_duration(Micros duration) const {
  const std::int64_t minutes = minutes_up(duration);
  if (minutes < 100) return say("duration.short_minutes", {{"m", fmt::format("{}", minutes)}});
  const std::int64_t hours = (minutes + 59) / 60;
  return say("duration.short_hours", {{"h", fmt::format("{}", hours)}});
}

std::vector<std::string> Words::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, text] : texts_) keys.push_back(key);
  return keys;
}

}  // namespace nocturn::status_page
