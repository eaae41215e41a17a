#include "status_page/narrative.h"

#include <algorithm>

namespace nocturn::status_page {
namespace {

const inventory::Check* find_check(const Row& row, const inventory::CheckId& id) {
  for (const inventory::Check& check : row.instance->checks)
    if (check.id == id) return &check;
  return nullptr;
}

std::string tell(const Row& row, const Stretch& stretch, const Words& words) {
  const std::string state = words.indicator(stretch.shown.indicator);
  if (stretch.shown.cause == Cause::declared) return fmt::format("{}. {}", state, stretch.because);
  return fmt::format("{}. {}", state,
                     symptom(find_check(row, stretch.check), stretch.shown.indicator, words));
}

}  // namespace

std::string title(const Incident& incident, const Words& words) {
  return words.say("incident.name", {{"instance", incident.row->instance->name},
                                     {"indicator", words.indicator(incident.worst)}});
}

std::vector<Step> narrative(const Incident& incident, const Words& words) {
  std::vector<Step> steps;
  for (const Stretch& stretch : incident.steps)
    steps.push_back({static_cast<int>(steps.size()) + 1, stretch.span.from, "investigating",
                     tell(*incident.row, stretch, words)});
  if (!incident.until) return steps;
  const std::string over =
      incident.worst == Indicator::information
          ? words.say("incident.information_over")
          : words.say("incident.over",
                      {{"duration", words.duration(*incident.until - incident.from)}});
  steps.push_back({static_cast<int>(steps.size()) + 1, *incident.until, "resolved", over});
  return steps;
}

std::vector<Step> narrative(const View& view, const Maintenance& maintenance, const Words& words) {
  const inventory::MaintenanceEntry& entry = *maintenance.entry;
  const TimeZone& zone = view.zone(*maintenance.rows.front());
  // What was entered only afterwards was told only then.
  std::vector<Step> steps;
  steps.push_back(
      {1, maintenance.announced, "scheduled",
       words.say("maintenance.scheduled",
                 {{"range", words.range(zone, {entry.from, entry.until}, view.now())}})});
  if (maintenance.state == Maintenance::State::scheduled) return steps;
  steps.push_back(
      {2, std::max(entry.from, maintenance.announced), "in_progress",
       words.say("maintenance.in_progress", {{"time", words.moment(zone, entry.until)}})});
  if (maintenance.state == Maintenance::State::in_progress) return steps;
  steps.push_back({3, std::max(entry.until, maintenance.announced), "completed",
                   words.say("maintenance.completed")});
  return steps;
}

std::string link(const View& view, const Row& row) {
  return fmt::format("{}/instances/{}", view.url(), row.instance->id.text());
}

std::string link(const View& view, const Incident& incident) {
  return fmt::format("{}#{}", link(view, *incident.row), incident.id);
}

}  // namespace nocturn::status_page
