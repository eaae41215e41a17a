#pragma once

#include <string>

#include "status_page/status_page.h"

// The history cells as markup: colour, pattern and words for each day.
namespace nocturn::web {

// The letter of a cell: as letter() in html.h, "u" for a day without data, "e" for one before the
// instance was there.
std::string_view cell_letter(const status_page::DayCell& cell);
// How long the worst state lasted, short enough for a cell: "14m"; empty for normal days.
std::string cell_text(const status_page::DayCell& cell, const status_page::Words& words);
// "Service interruption" or "No data".
std::string cell_word(const status_page::DayCell& cell, const status_page::Words& words);

// The seven cells of a row: <td class="c x">14m<b>Service interruption</b>…; a normal day has
// neither class nor text. A cell ends where the next begins (HTML, 13.1.2.4): 1,000 rows have 7,000
// of them.
std::string week_cells(const status_page::Row& row, const status_page::Words& words);

}  // namespace nocturn::web
