#pragma once

#include <string>
#include <string_view>

#include "status_page/incidents.h"
#include "status_page/words.h"

// Scheduled maintenance as iCalendar (RFC 5545), for subscription by calendar programs. Pure.
namespace nocturn::status_page {

// Of all multi-tenant instances, or of one row. Times in UTC, stable UIDs.
std::string calendar(const View& view, const Words& words);
std::string calendar(const View& view, const Row& row, const Words& words);

// One content line, folded after at most 75 octets without breaking a UTF-8 sequence (section
// 3.1), ended by CRLF.
std::string fold(std::string_view line);
// A TEXT value: backslash, comma, semicolon and line ends escaped (section 3.3.11).
std::string escape_calendar_text(std::string_view text);

}  // namespace nocturn::status_page
