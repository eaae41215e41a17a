#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "status_page/incidents.h"
#include "status_page/words.h"

// Incidents and maintenances as the story that JSON, feeds and pages tell step by step. Pure.
namespace nocturn::status_page {

struct Step {
  int number;  // from 1, by time
  WallTime at;
  std::string_view status;  // Statuspage's word: "investigating", "resolved", "scheduled" …
  std::string text;         // for people, plain
};

std::string title(const Incident& incident, const Words& words);
std::vector<Step> narrative(const Incident& incident, const Words& words);
std::vector<Step> narrative(const View& view, const Maintenance& maintenance, const Words& words);

// Where a person reads more: "https://status.example.org/instances/catalog-eu01#…".
std::string link(const View& view, const Row& row);
std::string link(const View& view, const Incident& incident);

}  // namespace nocturn::status_page
