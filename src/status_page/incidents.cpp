#include "status_page/incidents.h"

#include <algorithm>
#include <unordered_map>

namespace nocturn::status_page {
namespace {

bool belongs(const Stretch& stretch) {
  return is_trouble(stretch.shown.indicator) ||
         (stretch.shown.indicator == Indicator::information &&
          stretch.shown.cause == Cause::declared);
}

bool tells_the_same(const Stretch& left, const Stretch& right) {
  return left.shown == right.shown && left.because == right.because;
}

Incident begin(const Row& row, const Stretch& stretch) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(stretch.span.from.time_since_epoch()).count();
  Incident incident;
  incident.id = fmt::format("{}-{}", row.instance->id.text(), seconds);
  incident.row = &row;
  incident.from = stretch.span.from;
  return incident;
}

void collect(const Row& row, WallTime now, std::vector<Incident>& out) {
  std::optional<Incident> open;
  for (const Stretch& stretch : row.history) {
    if (!belongs(stretch)) {
      if (open) {
        open->until = stretch.span.from;
        out.push_back(*std::exchange(open, std::nullopt));
      }
      continue;
    }
    if (!open) open = begin(row, stretch);
    open->worst = std::max(open->worst, stretch.shown.indicator);
    if (!open->steps.empty() && tells_the_same(open->steps.back(), stretch))
      open->steps.back().span.until = stretch.span.until;
    else
      open->steps.push_back(stretch);
  }
  if (!open) return;
  if (open->steps.back().span.until <= now) open->until = open->steps.back().span.until;
  out.push_back(std::move(*open));
}

}  // namespace

WallTime Incident::changed_at() const { return until.value_or(steps.back().span.from); }

std::vector<Incident> incidents(const View& view, std::span<const Row* const> rows,
                                std::size_t limit) {
  std::vector<Incident> all;
  for (const Row* row : rows) collect(*row, view.now(), all);
  std::stable_sort(all.begin(), all.end(), [](const Incident& left, const Incident& right) {
    return left.from > right.from;
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

std::string_view name_of(Maintenance::State state) {
  switch (state) {
    case Maintenance::State::scheduled: return "scheduled";
    case Maintenance::State::in_progress: return "in_progress";
    case Maintenance::State::completed: return "completed";
  }
  return "scheduled";
}

namespace {

WallTime announced(const View& view, const inventory::MaintenanceEntry& entry) {
  const inventory::Beginnings& known = view.facts().beginnings;
  if (const auto found = known.find(inventory::object_name(entry)); found != known.end())
    return std::min(found->second, view.now());
  return std::min(entry.from, WallTime(std::chrono::floor<std::chrono::days>(view.now())));
}

}  // namespace

std::vector<Maintenance> maintenances(const View& view, std::span<const Row* const> rows) {
  std::unordered_map<const inventory::MaintenanceEntry*, std::vector<const Row*>> concerned;
  for (const Row* row : rows)
    for (const inventory::MaintenanceEntry* entry : row->maintenance)
      concerned[entry].push_back(row);

  std::vector<Maintenance> all;
  for (const inventory::MaintenanceEntry& entry : view.cloud().maintenance) {
    const auto found = concerned.find(&entry);
    if (found == concerned.end()) continue;
    std::string key =
        fmt::format("{}\n{}\n{}", entry.name, to_rfc3339(entry.from), to_rfc3339(entry.until));
    for (const inventory::InstanceId& instance : entry.instances) key += "\n" + instance.text();
    const auto state = view.now() < entry.from    ? Maintenance::State::scheduled
                       : view.now() < entry.until ? Maintenance::State::in_progress
                                                  : Maintenance::State::completed;
    all.push_back({fingerprint(key), &entry, state, announced(view, entry), found->second});
  }
  std::stable_sort(all.begin(), all.end(), [](const Maintenance& left, const Maintenance& right) {
    return left.entry->from < right.entry->from;
  });
  return all;
}

std::vector<const Row*> rows_of(const View& view, inventory::Tenancy tenancy) {
  std::vector<const Row*> rows;
  if (tenancy == inventory::Tenancy::single && !view.facts().single_tenant_public) return rows;
  for (const Row& row : view.rows())
    if (row.instance->tenancy == tenancy) rows.push_back(&row);
  return rows;
}

std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

}  // namespace nocturn::status_page
