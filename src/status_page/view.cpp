#include "status_page/view.h"

#include <algorithm>
#include <tuple>

#include "status_page/row.h"

namespace nocturn::status_page {
namespace {

using inventory::Instance;
using inventory::Tenancy;

// Names of instances end in numbers: "EU2" comes before "EU10".
bool natural_less(std::string_view left, std::string_view right) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t l = 0, r = 0;
  while (l < left.size() && r < right.size()) {
    if (digit(left[l]) && digit(right[r])) {
      std::size_t l_end = l, r_end = r;
      while (l_end < left.size() && digit(left[l_end])) ++l_end;
      while (r_end < right.size() && digit(right[r_end])) ++r_end;
      while (l + 1 < l_end && left[l] == '0') ++l;
      while (r + 1 < r_end && right[r] == '0') ++r;
      if (l_end - l != r_end - r) return l_end - l < r_end - r;
      const int order = left.substr(l, l_end - l).compare(right.substr(r, r_end - r));
      if (order != 0) return order < 0;
      l = l_end;
      r = r_end;
    } else {
      if (left[l] != right[r]) return left[l] < right[r];
      ++l;
      ++r;
    }
  }
  return left.size() - l < right.size() - r;
}

}  // namespace

bool Row::complete() const {
  if (shown.indicator != Indicator::interruption) return false;
  return shown.cause == Cause::declared || (checks > 0 && failing == checks);
}

const inventory::MaintenanceEntry* Row::next_maintenance(WallTime now) const {
  for (const inventory::MaintenanceEntry* entry : maintenance)
    if (entry->until > now) return entry;
  return nullptr;
}

std::string Group::id() const { return territory->id.text() + "-" + product->id.text(); }

namespace {

// What was recorded while the clock was ahead of now: what lasts has begun, what ended has ended.
template <class Interval, class Begin>
void bring_before(WallTime now, std::vector<Interval>& intervals, Begin begin) {
  std::erase_if(intervals, [&](Interval& one) { return one.until && begin(one) >= now; });
  for (Interval& one : intervals) {
    begin(one) = std::min(begin(one), now);
    if (one.until) one.until = std::min(*one.until, now);
  }
}

}  // namespace

Result<std::shared_ptr<const View>> View::make(Facts facts) {
  CHECK(facts.cloud != nullptr);
  bring_before(facts.now, facts.measured, [](auto& one) -> WallTime& { return one.from; });
  bring_before(facts.now, facts.declared,
               [](auto& one) -> WallTime& { return one.declaration.at; });
  std::shared_ptr<View> view(new View(std::move(facts)));
  TRY_STATUS(view->read_zones());
  view->url_ = view->cloud().url.empty() ? view->facts_.address : view->cloud().url;
  while (view->url_.ends_with('/')) view->url_.pop_back();
  view->make_rows();
  return std::shared_ptr<const View>(std::move(view));
}

Status View::read_zones() {
  for (const auto& [id, territory] : cloud().territories) {
    const TimeZone zone = TRY(about(id.text(), TimeZone::find(territory.time_zone)));
    zones_.emplace(id, zone);
    day_starts_.emplace(id, status_page::day_starts(zone, now(), kDaysOfHistory));
  }
  return {};
}

void View::make_rows() {
  const RowMaker maker(facts_);
  std::vector<const Instance*> order;
  for (const auto& [id, instance] : cloud().instances) order.push_back(&instance);
  const auto names = [this](const Instance* instance) {
    return std::tie(cloud().territory_of(*instance).name,
                    cloud().products.at(instance->product).name);
  };
  std::sort(order.begin(), order.end(), [&](const Instance* left, const Instance* right) {
    if (names(left) != names(right)) return names(left) < names(right);
    if (left->name != right->name) return natural_less(left->name, right->name);
    return left->id < right->id;
  });
  rows_.reserve(order.size());
  for (const Instance* instance : order) {
    const std::vector<WallTime>& starts = day_starts_.at(cloud().territory_of(*instance).id);
    by_id_.emplace(instance->id.text(), rows_.size());
    rows_.push_back(maker.make(*instance, starts));
  }
}

const Row* View::find(std::string_view instance) const {
  const auto found = by_id_.find(instance);
  if (found == by_id_.end()) return nullptr;
  const Row& row = rows_[found->second];
  return row.single_tenant() && !facts_.single_tenant_public ? nullptr : &row;
}

std::vector<Group> View::groups(Tenancy tenancy) const {
  std::vector<Group> groups;
  for (const Row& row : rows_) {
    if (row.instance->tenancy != tenancy) continue;
    const inventory::Product* product = &cloud().products.at(row.instance->product);
    if (groups.empty() || groups.back().territory != row.territory ||
        groups.back().product != product)
      groups.push_back({row.territory, product, {}});
    groups.back().rows.push_back(&row);
  }
  return groups;
}

std::span<const WallTime> View::day_starts(const Row& row) const {
  return day_starts_.at(row.territory->id);
}

std::span<const TenantName> View::tenants(const Row& row) const {
  if (facts_.tenants == nullptr) return {};
  const auto found = facts_.tenants->find(row.instance->id.text());
  if (found == facts_.tenants->end()) return {};
  return found->second;
}

std::vector<DayCell> View::days(const Row& row) const {
  return day_cells(row.history, day_starts(row), now());
}

WallTime View::changes_by_itself_at() const {
  WallTime next = now() + std::chrono::hours(24);
  for (const auto& [id, starts] : day_starts_) next = std::min(next, starts.back());
  for (const inventory::MaintenanceEntry& entry : cloud().maintenance)
    for (const WallTime moment : {entry.from, entry.until})
      if (moment > now()) next = std::min(next, moment);
  return next;
}

}  // namespace nocturn::status_page
