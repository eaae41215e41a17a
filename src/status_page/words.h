#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "status_page/view.h"

// What the public reads, in its language: one catalogue per language under messages/, the same
// keys in each (a test compares them). Immutable, thread-safe.
namespace nocturn::status_page {

enum class Locale { en, he };
inline constexpr Locale kLocales[] = {Locale::en, Locale::he};
std::string_view tag_of(Locale locale);  // BCP 47: "en"
std::optional<Locale> locale_from(std::string_view tag);
// The best of kLocales for an Accept-Language header (RFC 9110 section 12.5.4), or `otherwise`.
Locale negotiate(std::string_view accept_language, Locale otherwise);

class Words {
 public:
  using Argument = std::pair<std::string_view, std::string_view>;

  static const Words& in(Locale locale);

  Locale locale() const { return locale_; }
  bool right_to_left() const { return locale_ == Locale::he; }

  // The message of that key with its {placeholders} filled in. Every key used by the program is
  // in every catalogue; another one is a broken invariant.
  std::string say(std::string_view key, std::initializer_list<Argument> arguments = {}) const;
  // The form of the message for `count` by the plural rules of the language; fills in {count}.
  std::string count(std::string_view key, std::int64_t count,
                    std::initializer_list<Argument> arguments = {}) const;

  std::string indicator(Indicator indicator) const;  // "Service interruption"

  std::string day(std::chrono::year_month_day day) const;         // "22 Nov"
  std::string weekday(std::chrono::year_month_day day) const;     // "Sun"
  std::string long_day(std::chrono::year_month_day day) const;    // "Sunday, 22 November 2026"
  std::string moment(const TimeZone& zone, WallTime time) const;  // "22 Nov 2026, 06:41 CET"
  // "Sun 29 Nov, 02:00–03:30 CET"; both days where they differ.
  // Both clocks' zones where a clock change lies between. With `now`, the year where the day could
  // be taken for one of another year.
  std::string range(const TimeZone& zone, Window window, std::optional<WallTime> now = {}) const;
  std::string duration(Micros duration) const;        // "2 h 5 min", rounded up to whole minutes
  std::string short_duration(Micros duration) const;  // "14m", "2h": fits a cell

  // All keys, for the test that holds the catalogues against each other.
  std::vector<std::string> keys() const;

 private:
  explicit Words(Locale locale);
  const std::string& text(std::string_view key) const;

  Locale locale_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::string (*plural_)(std::int64_t);
};

// Sentences about a row that every output shares; plain text.
std::string details(const View& view, const Row& row, const Words& words);
// What fails, without naming hosts: "The search does not answer as it should."
std::string symptom(const inventory::Check* check, Indicator indicator, const Words& words);
// A check of the public instance page: "Search over Z39.50".
std::string purpose(const inventory::Check& check, const Words& words);
// The headline over rows: what is wrong now comes first.
std::string summary(std::span<const Row* const> rows, const Words& words);

}  // namespace nocturn::status_page
