#include "notifications/letters/scene.h"

#include "base/text.h"
#include "notifications/letters/clean_text.h"

namespace nocturn::notifications {
namespace {

using status_page::Window;
using status_page::Words;

constexpr std::size_t kNameLength = 60;

status_page::Locale locale_of(const Occasion& occasion) {
  const auto otherwise = status_page::locale_from(occasion.cloud.default_locale);
  return status_page::locale_from(occasion.recipient.language)
      .value_or(otherwise.value_or(status_page::Locale::en));
}

std::string clock_in(const TimeZone& zone, WallTime time) {
  const status_page::Civil civil = status_page::civil(zone, time);
  return fmt::format("{:02}:{:02}", civil.hour, civil.minute);
}

bool same_clock(const TimeZone& zone, WallTime time) {
  return zone.offset(time).count() == 0 && zone.abbreviation(time) == "UTC";
}

}  // namespace

LetterScene::LetterScene(const Occasion& occasion)
    : occasion_(occasion), words_(Words::in(locale_of(occasion))) {}

std::string LetterScene::cloud() const {
  return isolated(one_line(occasion_.cloud.name, kNameLength), words_);
}

TimeZone LetterScene::zone_of(const std::string& instance) const {
  if (const auto own = TimeZone::find(occasion_.recipient.time_zone)) return *own;
  const auto* found = occasion_.cloud.find(inventory::InstanceId(instance));
  if (found == nullptr) return TimeZone::utc();
  return TimeZone::find(occasion_.cloud.territory_of(*found).time_zone).value_or(TimeZone::utc());
}

TimeZone LetterScene::zone_of(std::span<const ToldRow> rows) const {
  return zone_of(rows.empty() ? std::string() : rows.front().instance);
}

std::string LetterScene::name_of(const std::string& instance) const {
  const auto* found = occasion_.cloud.find(inventory::InstanceId(instance));
  return isolated(one_line(found == nullptr ? instance : found->name, kNameLength), words_);
}

std::string LetterScene::name_of(const ToldRow& row) const {
  const bool is_there = occasion_.cloud.find(inventory::InstanceId(row.instance)) != nullptr;
  if (is_there || row.name.empty()) return name_of(row.instance);
  return isolated(one_line(row.name, kNameLength), words_);
}

std::string LetterScene::page_url() const {
  const bool is_default = occasion_.cloud.default_locale == tag_of(words_.locale());
  if (occasion_.links.page.empty() || is_default) return occasion_.links.page;
  return fmt::format("{}{}lang={}", occasion_.links.page,
                     occasion_.links.page.find('?') == std::string::npos ? '?' : '&',
                     tag_of(words_.locale()));
}

std::string LetterScene::url_of(const std::string& instance) const {
  std::string_view page = occasion_.links.page;
  if (page.empty() || occasion_.cloud.find(inventory::InstanceId(instance)) == nullptr) return {};
  page = page.substr(0, page.find('?'));
  while (page.ends_with('/')) page.remove_suffix(1);
  const bool is_default = occasion_.cloud.default_locale == tag_of(words_.locale());
  return fmt::format("{}/instances/{}{}{}", page, escape_url(instance),
                     is_default ? "" : "?lang=", is_default ? "" : tag_of(words_.locale()));
}

std::string LetterScene::moment(const TimeZone& zone, WallTime time) const {
  const TimeZone utc = TimeZone::utc();
  const std::string local = words_.moment(zone, time);
  if (same_clock(zone, time)) return local;
  const bool same_day = status_page::civil(zone, time).day == status_page::civil(utc, time).day;
  return words_.say("letter.time",
                    {{"local", local},
                     {"utc", same_day ? clock_in(utc, time) + " UTC" : words_.moment(utc, time)}});
}

std::string LetterScene::range(const TimeZone& zone, Window window) const {
  const TimeZone utc = TimeZone::utc();
  const std::string local = words_.range(zone, window);
  if (same_clock(zone, window.from) && same_clock(zone, window.until)) return local;
  const auto same_day = [&](WallTime time) {
    return status_page::civil(zone, time).day == status_page::civil(utc, time).day;
  };
  if (!same_day(window.from) || !same_day(window.until))
    return words_.say("letter.time", {{"local", local}, {"utc", words_.range(utc, window)}});
  return words_.say(
      "letter.time",
      {{"local", local},
       {"utc", fmt::format("{}–{} UTC", clock_in(utc, window.from), clock_in(utc, window.until))}});
}

std::string LetterScene::day(const TimeZone& zone, WallTime time) const {
  const auto day = status_page::civil(zone, time).day;
  return words_.say("letter.day", {{"weekday", words_.weekday(day)}, {"day", words_.day(day)}});
}

}  // namespace nocturn::notifications
