#include "status_page/days.h"

#include <algorithm>

namespace nocturn::status_page {
namespace {

void add(DayCell& cell, const Stretch& stretch, Micros duration) {
  if (stretch.shown.cause == Cause::absent) {
    cell.absent += duration;
    return;
  }
  const bool unknown =
      stretch.shown.cause == Cause::unmeasured || stretch.shown.cause == Cause::no_checks;
  if (unknown) {
    cell.unmeasured += duration;
    return;
  }
  cell.in[static_cast<std::size_t>(stretch.shown.indicator)] += duration;
  if (!cell.worst || stretch.shown.indicator > *cell.worst) cell.worst = stretch.shown.indicator;
}

}  // namespace

std::vector<DayCell> day_cells(std::span<const Stretch> stretches, std::span<const WallTime> starts,
                               WallTime now) {
  std::vector<DayCell> cells;
  std::size_t first = 0;
  for (std::size_t day = 0; day + 1 < starts.size(); ++day) {
    DayCell cell;
    cell.span = {starts[day], std::min(starts[day + 1], now)};
    while (first < stretches.size() && stretches[first].span.until <= cell.span.from) ++first;
    for (std::size_t i = first; i < stretches.size(); ++i) {
      const WallTime from = std::max(stretches[i].span.from, cell.span.from);
      const WallTime until = std::min(stretches[i].span.until, cell.span.until);
      if (from >= cell.span.until) break;
      if (from < until) add(cell, stretches[i], until - from);
    }
    cells.push_back(cell);
  }
  return cells;
}

std::int64_t minutes_up(Micros duration) {
  return std::chrono::ceil<std::chrono::minutes>(duration).count();
}

}  // namespace nocturn::status_page
