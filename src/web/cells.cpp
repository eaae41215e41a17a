#include "web/cells.h"

#include "base/text.h"
#include "web/html.h"

namespace nocturn::web {

using status_page::DayCell;
using status_page::Indicator;
using status_page::Row;
using status_page::Words;

std::string_view cell_letter(const DayCell& cell) {
  if (cell.worst) return letter(*cell.worst);
  return cell.before_its_time() ? "e" : "u";
}

std::string cell_text(const DayCell& cell, const Words& words) {
  if (!cell.worst || *cell.worst == Indicator::normal) return {};
  if (*cell.worst == Indicator::information) return "i";
  return words.short_duration(cell.in[static_cast<std::size_t>(*cell.worst)]);
}

std::string cell_word(const DayCell& cell, const Words& words) {
  if (cell.worst) return words.indicator(*cell.worst);
  return words.say(cell.before_its_time() ? "indicator.before" : "indicator.none");
}

std::string week_cells(const Row& row, const Words& words) {
  std::string out;
  for (const DayCell& cell : row.week) {
    const std::string word = escape_markup(cell_word(cell, words));
    if (cell.worst == Indicator::normal)
      fmt::format_to(std::back_inserter(out), "<td><b>{}</b>", word);
    else
      fmt::format_to(std::back_inserter(out), "<td class=\"c {}\">{}<b>{}</b>", cell_letter(cell),
                     cell_text(cell, words), word);
  }
  return out;
}

}  // namespace nocturn::web
