#include "base/clock.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <limits>

#include <fmt/compile.h>

namespace nocturn {
namespace {

Micros read_clock(clockid_t id) {
  timespec now{};
  CHECK(::clock_gettime(id, &now) == 0);
  return std::chrono::seconds(now.tv_sec) +
         std::chrono::duration_cast<Micros>(std::chrono::nanoseconds(now.tv_nsec));
}

struct Unit {
  std::string_view name;
  Micros length;
};
constexpr std::array<Unit, 6> kUnits{{{"d", std::chrono::hours(24)},
                                      {"h", std::chrono::hours(1)},
                                      {"m", std::chrono::minutes(1)},
                                      {"s", std::chrono::seconds(1)},
                                      {"ms", std::chrono::milliseconds(1)},
                                      {"us", Micros(1)}}};

// Reads exactly `width` digits at `at`; -1 if they are not all there.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::unexpected<Error> not_rfc3339(std::string_view text) {
  return fail(ErrorCode::invalid, "\"{}\" is not a time like 2026-11-22T06:30:00Z", text);
}

}  // namespace

WallTime SystemClock::wall() const { return WallTime(read_clock(CLOCK_REALTIME)); }
SteadyTime SystemClock::steady() const { return SteadyTime(read_clock(CLOCK_MONOTONIC)); }

std::string to_rfc3339(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"), int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                  clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0)
    text += fmt::format(FMT_COMPILE(".{:06}"), clock.subseconds().count());
  return text + "Z";
}

Result<WallTime> from_rfc3339(std::string_view text) {
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return not_rfc3339(text);
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 0 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60) {
    return not_rfc3339(text);
  }
  std::size_t at = 19;
  std::int64_t micros = 0;
  if (text[at] == '.') {
    std::int64_t scale = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      micros += (text[at] - '0') * scale;
    if (at == first || at - first > 6) return not_rfc3339(text);
  }
  Micros offset{0};
  const std::string_view zone = text.substr(at);
  if (zone != "Z" && zone != "z") {
    const int zone_hour = digits(zone, 1, 2), zone_minute = digits(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || zone_hour < 0 ||
        zone_hour > 23 || zone_minute < 0 || zone_minute > 59) {
      return not_rfc3339(text);
    }
    offset = std::chrono::hours(zone_hour) + std::chrono::minutes(zone_minute);
    if (zone[0] == '-') offset = -offset;
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) + Micros(micros) - offset;
}

Result<Micros> parse_duration(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid, "\"{}\" is not a duration like 30s, 5m, 1h or 7d", text);
  };
  if (text.empty()) return wrong();
  Micros total{0};
  std::string_view rest = text;
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || number < 0) return wrong();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::size_t unit_size = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view name = rest.substr(0, unit_size);
    rest.remove_prefix(unit_size);
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits)
      if (candidate.name == name) unit = &candidate;
    if (unit == nullptr) return wrong();
    std::int64_t part = 0, sum = 0;
    if (__builtin_mul_overflow(number, unit->length.count(), &part) ||
        __builtin_add_overflow(total.count(), part, &sum)) {
      return wrong();
    }
    total = Micros(sum);
  }
  return total;
}

std::string to_text(Micros duration) {
  if (duration == Micros(0)) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (duration < unit.length) continue;
    text += fmt::format("{}{}", duration / unit.length, unit.name);
    duration %= unit.length;
  }
  return text;
}

}  // namespace nocturn
