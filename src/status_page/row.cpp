#include "status_page/row.h"

#include <algorithm>

namespace nocturn::status_page {
namespace {

using inventory::Check;
using inventory::Instance;
using inventory::MaintenanceEntry;
using monitoring::CheckStand;
using monitoring::MeasuredInterval;
using monitoring::Verdict;

// A check that missed three turns is not measured any more.
Micros patience(const Check& check) { return 3 * check.every + check.timeout; }

}  // namespace

RowMaker::RowMaker(const Facts& facts) : facts_(facts) {
  const std::span<const MeasuredInterval> all = facts.measured;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;
    while (last < all.size() && all[last].instance == all[first].instance) ++last;
    measured_.emplace(all[first].instance.text(), all.subspan(first, last - first));
    first = last;
  }
  for (const DeclaredInterval& interval : facts.declared)
    declared_[interval.declaration.instance.text()].push_back(interval);
  for (auto& [instance, intervals] : declared_)
    std::stable_sort(intervals.begin(), intervals.end(), [](const auto& left, const auto& right) {
      return left.declaration.at < right.declaration.at;
    });
  for (const MaintenanceEntry& entry : facts.cloud->maintenance)
    for (const inventory::InstanceId& instance : entry.instances)
      entries_[instance.text()].push_back(&entry);
  for (auto& [instance, entries] : entries_)
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto* left, const auto* right) { return left->from < right->from; });
  for (const CheckStand& stand : facts.stands) stands_.emplace(stand.check.text(), &stand);
}

Row RowMaker::make(const Instance& instance, std::span<const WallTime> starts) const {
  const std::string_view id = instance.id.text();
  Row row;
  row.instance = &instance;
  row.territory = &facts_.cloud->territory_of(instance);
  row.checks = static_cast<int>(instance.checks.size());
  if (const auto found = entries_.find(id); found != entries_.end())
    row.maintenance = found->second;
  count_checks(row);

  History history;
  history.has_checks = !instance.checks.empty();
  if (const auto found = measured_.find(id); found != measured_.end())
    history.measured = found->second;
  if (const auto found = declared_.find(id); found != declared_.end())
    history.declared = found->second;
  for (const MaintenanceEntry* entry : row.maintenance)
    history.windows.push_back({entry->from, entry->until});
  history.stale_since = stale_since(row);
  if (const auto found = facts_.beginnings.find("instance/" + std::string(id));
      found != facts_.beginnings.end())
    row.added = history.added = std::min(found->second, facts_.now);

  row.truth = truth_at(history, facts_.now);
  row.history = timeline(history, {starts.front(), facts_.now + Micros(1)});
  const Stretch& current = row.history.back();
  row.shown = current.shown;
  row.because = current.because;
  row.since = current.span.from;
  for (auto earlier = row.history.rbegin(); earlier != row.history.rend(); ++earlier) {
    if (earlier->shown != current.shown || earlier->because != current.because) break;
    row.since = earlier->span.from;
  }
  row.since = std::max(row.since, facts_.recording_since);
  for (const Check& check : instance.checks)
    if (check.id == current.check) row.explains = &check;
  tell_last_known(row, history);
  row.week = day_cells(row.history, starts.last(kDaysOnPage + 1), facts_.now);
  return row;
}

void RowMaker::count_checks(Row& row) const {
  for (const Check& check : row.instance->checks) {
    const auto found = stands_.find(check.id.text());
    if (found == stands_.end()) continue;
    const CheckStand& stand = *found->second;
    if (stand.verdict == Verdict::interruption) ++row.failing;
    if (stand.verdict == Verdict::performance) ++row.slow;
    if (stand.probed_at > WallTime{} &&
        (!row.last_measured || *row.last_measured < stand.probed_at))
      row.last_measured = stand.probed_at;
  }
}

// Nothing measures an instance whose checks are gone. A monitor that stopped measuring an instance
// must not leave its row green. After a start, each check has its patience before the recorded
// verdict counts as old.
std::optional<WallTime> RowMaker::stale_since(const Row& row) const {
  if (row.instance->checks.empty()) return facts_.now;
  if (facts_.stands.empty()) return std::nullopt;
  for (const Check& check : row.instance->checks) {
    const auto found = stands_.find(check.id.text());
    if (found == stands_.end()) continue;
    const WallTime heard = std::max(found->second->probed_at, facts_.watching_since);
    if (facts_.now - heard <= patience(check)) return std::nullopt;
  }
  return row.last_measured.value_or(facts_.watching_since);
}

void RowMaker::tell_last_known(Row& row, const History& history) const {
  for (auto interval = history.measured.rbegin(); interval != history.measured.rend(); ++interval) {
    if (interval->verdict == Verdict::unknown) continue;
    row.last_known = interval->verdict;
    if (!row.last_measured) row.last_measured = interval->until.value_or(facts_.now);
    return;
  }
}

}  // namespace nocturn::status_page
