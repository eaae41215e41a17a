#include "status_page/row_events.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace nocturn::status_page {
namespace {

bool announces(const View& view, const Row& row) {
  return row.next_maintenance(view.now()) != nullptr;
}

bool shows_the_same(const View& before, const Row& left, const View& after, const Row& right) {
  return left.shown == right.shown && left.because == right.because &&
         left.failing == right.failing && left.slow == right.slow &&
         announces(before, left) == announces(after, right) &&
         left.instance->name == right.instance->name;
}

}  // namespace

std::vector<std::string> row_events(const View& before, const View& after, const Words& words) {
  std::vector<std::string> events;
  const std::string at = to_rfc3339(after.now());
  for (const Row& row : after.rows()) {
    const std::string& id = row.instance->id.text();
    if (after.find(id) == nullptr) continue;
    const Row* old = before.find(id);
    if (old != nullptr && shows_the_same(before, *old, after, row)) continue;
    events.push_back(
        boost::json::serialize(JsonObject{{"id", id},
                                          {"indicator", name_of(row.shown.indicator)},
                                          {"word", words.indicator(row.shown.indicator)},
                                          {"details", details(after, row, words)},
                                          {"at", at}}));
  }
  for (const Row& row : before.rows()) {
    const std::string& id = row.instance->id.text();
    if (before.find(id) == nullptr || after.find(id) != nullptr) continue;
    events.push_back(
        boost::json::serialize(JsonObject{{"id", id}, {"indicator", nullptr}, {"at", at}}));
  }
  return events;
}

}  // namespace nocturn::status_page
