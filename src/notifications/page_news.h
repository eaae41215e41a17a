#pragma once

#include <map>
#include <string>
#include <vector>

#include "notifications/grouping.h"
#include "status_page/status_page.h"

// What the status page shows, as far as there is news in it. Pure.
namespace nocturn::notifications {

struct PageNews {
  std::vector<Seen> trouble;                        // by instance
  std::vector<Seen> information;                    // by instance
  std::map<std::string, std::string> data_centers;  // of each instance
  // Two pages with the same one hold the same news; but for what time itself brings.
  std::string fingerprint;
};
PageNews page_news(const status_page::View& view);

// How often the row went from trouble to none or back in the hour before. A time in which nobody
// measured, as when the hub was away, changes nothing.
int changes_within_an_hour(const status_page::Row& row, WallTime now);

// What the page shows of one instance, as a row of a telling; `normal` for one it does not have.
ToldRow row_on_page(const status_page::View& view, const std::string& instance);

}  // namespace nocturn::notifications
