#include "notifications/page_news.h"

#include <gtest/gtest.h>

namespace nocturn::notifications {
namespace {

using status_page::Cause;
using status_page::Indicator;
using std::chrono::minutes;

constexpr WallTime kNow{std::chrono::days(20'000)};
constexpr status_page::Shown kNormal{Indicator::normal, Cause::measured};
constexpr status_page::Shown kTrouble{Indicator::interruption, Cause::measured};
constexpr status_page::Shown kNobodyMeasured{Indicator::information, Cause::unmeasured};

// Of a row that showed each for so many minutes, the last until now.
int changes(const std::vector<std::pair<status_page::Shown, int>>& story) {
  status_page::Row row;
  WallTime at = kNow;
  for (const auto& [shown, lasted] : story) at -= minutes(lasted);
  for (const auto& [shown, lasted] : story) {
    status_page::Stretch& stretch = row.history.emplace_back();
    stretch.span = {at, at + minutes(lasted)};
    stretch.shown = shown;
    at += minutes(lasted);
  }
  return changes_within_an_hour(row, kNow);
}

TEST(ChangesOfARow, are_those_between_trouble_and_none_within_an_hour) {
  EXPECT_EQ(changes({{kNormal, 90}}), 0);
  EXPECT_EQ(changes({{kNormal, 90}, {kTrouble, 10}, {kNormal, 5}}), 2);
  EXPECT_EQ(changes({{kNormal, 90}, {kTrouble, 10}, {kNormal, 55}}), 1);
}

TEST(ChangesOfARow, are_none_while_nobody_measured) {
  EXPECT_EQ(
      changes({{kNormal, 90}, {kTrouble, 1}, {kNobodyMeasured, 8}, {kTrouble, 1}, {kNormal, 1}}), 2)
      << "one outage, in which the hub was away for a while";
  EXPECT_EQ(changes({{kNormal, 90}, {kTrouble, 10}, {kNobodyMeasured, 10}, {kNormal, 5}}), 2);
  EXPECT_EQ(changes({{kNobodyMeasured, 10}, {kNormal, 10}}), 0);
}

}  // namespace
}  // namespace nocturn::notifications
