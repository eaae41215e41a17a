#include "notifications/page_news.h"

#include <algorithm>
#include <ranges>

namespace nocturn::notifications {
namespace {

using status_page::Cause;
using status_page::Indicator;

// Announced work, and what nobody measures, say nothing about trouble.
std::optional<Indicator> trouble_of(const status_page::Shown& shown) {
  if (is_trouble(shown.indicator)) return shown.indicator;
  if (shown.cause == Cause::unmeasured || shown.indicator == Indicator::maintenance)
    return std::nullopt;
  return Indicator::normal;
}

// A row without checks was measured once when its last trouble was: nobody can tell how that ended.
// Trouble that a person declared ends when they withdraw it.
bool is_watched(const status_page::Row& row) {
  if (row.shown.cause != Cause::no_checks) return true;
  for (const auto& stretch : row.history | std::views::reverse)
    if (is_trouble(stretch.shown.indicator)) return stretch.shown.cause != Cause::measured;
  return true;
}

Indicator information_of(const status_page::Shown& shown) {
  const bool told = shown.indicator == Indicator::information && shown.cause == Cause::declared;
  return told ? Indicator::information : Indicator::normal;
}

}  // namespace

int changes_within_an_hour(const status_page::Row& row, WallTime now) {
  int changes = 0;
  std::optional<bool> before;
  for (const auto& stretch : row.history) {
    if (stretch.shown.cause == Cause::unmeasured || stretch.shown.cause == Cause::absent) continue;
    const bool trouble = is_trouble(stretch.shown.indicator);
    if (before && *before != trouble && now - stretch.span.from < std::chrono::hours(1)) ++changes;
    before = trouble;
  }
  return changes;
}

PageNews page_news(const status_page::View& view) {
  PageNews news;
  std::vector<const status_page::Row*> rows;
  for (const status_page::Row& row : view.rows()) rows.push_back(&row);
  std::ranges::sort(rows, {}, [](const status_page::Row* row) { return row->instance->id; });
  for (const status_page::Row* row : rows) {
    Seen seen{.instance = row->instance->id.text(),
              .name = row->instance->name,
              .product = row->instance->product.text(),
              .data_center = row->instance->data_center.text(),
              .indicator = trouble_of(row->shown),
              .since = row->since,
              .because = row->because,
              .changes = changes_within_an_hour(*row, view.now()),
              .watched = is_watched(*row)};
    news.data_centers[seen.instance] = seen.data_center;
    news.fingerprint +=
        fmt::format("{}\n{}\n{}\n{}\n", seen.instance, name_of(row->shown.indicator),
                    name_of(row->shown.cause), seen.because);
    news.trouble.push_back(seen);
    seen.indicator = information_of(row->shown);
    seen.watched = true;  // whether somebody informs does not depend on checks
    news.information.push_back(std::move(seen));
  }
  for (const auto& entry : view.cloud().maintenance) {
    news.fingerprint +=
        fmt::format("{}\n{}\n{}\n", entry.name, to_rfc3339(entry.from), to_rfc3339(entry.until));
    for (const auto& instance : entry.instances) news.fingerprint += instance.text() + " ";
  }
  return news;
}

ToldRow row_on_page(const status_page::View& view, const std::string& instance) {
  for (const status_page::Row& row : view.rows())
    if (row.instance->id.text() == instance)
      return {.instance = instance,
              .name = row.instance->name,
              .product = row.instance->product.text(),
              .indicator = row.shown.indicator,
              .since = row.since,
              .trouble_since = row.since,
              .because = row.because};
  return {.instance = instance};
}

}  // namespace nocturn::notifications
