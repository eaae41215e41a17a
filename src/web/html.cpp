#include "web/html.h"

#include "web/assets.h"

namespace nocturn::web {

using status_page::Civil;
using status_page::civil;
using status_page::Indicator;
using status_page::Locale;
using status_page::View;
using status_page::Window;
using status_page::Words;

namespace {

std::string policy(std::initializer_list<Sheet> sheets, std::string_view form_target) {
  std::string styles;
  for (const Sheet sheet : sheets) styles += fmt::format(" '{}'", style_hash(sheet));
  return fmt::format(
      "default-src 'none'; style-src{}; img-src 'self' data:; script-src 'self'; "
      "connect-src 'self'; form-action {}; base-uri 'none'",
      styles, form_target);
}

}  // namespace

std::string copy_policy(std::string_view url) {
  return policy({Sheet::index_copy, Sheet::instance_copy}, url);
}

std::vector<net::Header> page_headers() {
  return {
      {"Content-Security-Policy",
       policy({Sheet::index, Sheet::instance, Sheet::subscribe}, "'self'") +
           "; frame-ancestors 'none'"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
  };
}

std::string_view letter(Indicator indicator) {
  switch (indicator) {
    case Indicator::normal: return "n";
    case Indicator::information: return "i";
    case Indicator::maintenance: return "m";
    case Indicator::performance: return "p";
    case Indicator::interruption: return "x";
  }
  return "i";
}

Locale default_locale(const View& view) {
  return status_page::locale_from(view.cloud().default_locale).value_or(Locale::en);
}

const Words& words_for(const View& view, const net::Request& request) {
  if (const auto asked = status_page::locale_from(request.parameter("lang")))
    return Words::in(*asked);
  return Words::in(status_page::negotiate(request.header("accept-language"), default_locale(view)));
}

std::string localized(std::string_view path, const View& view, Locale locale) {
  if (locale == default_locale(view)) return std::string(path);
  return fmt::format("{}{}lang={}", path, path.find('?') == path.npos ? '?' : '&',
                     status_page::tag_of(locale));
}

std::string machine_time(WallTime time) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

std::string utc_clock(WallTime time) {
  const Civil date = civil(TimeZone::utc(), time);
  return fmt::format("{:02}:{:02}:{:02} UTC", date.hour, date.minute, date.second);
}

std::string utc_range(Window window, const TimeZone& local, const Words& words) {
  static const TimeZone utc = TimeZone::utc();
  const Civil from = civil(utc, window.from), until = civil(utc, window.until);
  // A day is told where it is another than the reader has just seen.
  const bool other_start = from.day != civil(local, window.from).day;
  const bool other_end =
      other_start ? until.day != from.day : until.day != civil(local, window.until).day;
  const auto day = [&](const Civil& there, bool told) {
    return told ? words.day(there.day) + ", " : std::string();
  };
  return fmt::format("{}{:02}:{:02}–{}{:02}:{:02} UTC", day(from, other_start), from.hour,
                     from.minute, day(until, other_end), until.hour, until.minute);
}

}  // namespace nocturn::web
