#pragma once

#include <string>
#include <vector>

#include "status_page/words.h"

namespace nocturn::status_page {

// What /events tells when a view replaces another: for each public row whose showing changed one
// compact JSON text {"id", "indicator", "word", "details", "at"}, to be sent under the name "row".
// Rows that came or went are told, too (a gone one with "indicator": null). Hidden rows never.
std::vector<std::string> row_events(const View& before, const View& after, const Words& words);

}  // namespace nocturn::status_page
