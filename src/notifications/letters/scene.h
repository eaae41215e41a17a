#pragma once

#include <span>
#include <string>

#include "base/time_zone.h"
#include "notifications/letters/letter.h"

// Where a letter stands: its language, and the names, links and local times in it. Pure.
namespace nocturn::notifications {

// Refers to the occasion, which must outlive it.
class LetterScene {
 public:
  explicit LetterScene(const Occasion& occasion);

  const Occasion& occasion() const { return occasion_; }
  const status_page::Words& words() const { return words_; }
  std::string cloud() const;

  // The recipient's zone, or else that of the instance's territory, or else UTC.
  TimeZone zone_of(const std::string& instance) const;
  // The zone for times that concern all rows: the recipient's, or that of the first row.
  TimeZone zone_of(std::span<const ToldRow> rows) const;
  std::string name_of(const std::string& instance) const;  // as in the cloud; isolated
  std::string name_of(const ToldRow& row) const;           // of one that may have left it
  // Of the instance's page in the letter's language; empty where the page has no address.
  std::string url_of(const std::string& instance) const;
  std::string page_url() const;

  // "22 Nov 2026, 07:31 CET (06:31 UTC)"
  std::string moment(const TimeZone& zone, WallTime time) const;
  // "Sun 29 Nov, 03:00–04:30 CET (02:00–03:30 UTC)"
  std::string range(const TimeZone& zone, status_page::Window window) const;
  std::string day(const TimeZone& zone, WallTime time) const;  // "Sun 29 Nov"

 private:
  const Occasion& occasion_;
  const status_page::Words& words_;
};

}  // namespace nocturn::notifications
