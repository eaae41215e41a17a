#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status_page/words.h"

// The public JSON under /api/v2 in the shape of Statuspage's API version 2, so that its clients
// can read Nocturn: an instance is a component, product within territory is a group, runs of
// trouble and declared information are incidents. Multi-tenant instances only. Pure.
namespace nocturn::status_page {

// Target and body of every document: {"/api/v2/summary.json", "{…}"}.
std::vector<std::pair<std::string, std::string>> statuspage_documents(const View& view,
                                                                      const Words& words);

// "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance".
std::string_view component_status(const Row& row);

}  // namespace nocturn::status_page
