#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/model.h"
#include "monitoring/monitoring.h"
#include "status_page/days.h"
#include "status_page/local_days.h"
#include "status_page/tenants.h"

// Everything the public pages say, computed once per change from the cloud and what is recorded;
// pages, JSON, feeds and badges only put it into bytes. Pure, and immutable once made.
namespace nocturn::status_page {

inline constexpr int kDaysOnPage = 7;
inline constexpr int kDaysOfHistory = 90;

// What a view is made from.
struct Facts {
  inventory::CloudPtr cloud;
  WallTime now;
  WallTime recording_since;  // of the first thing that was ever recorded
  WallTime watching_since;   // when this hub began to probe
  std::string address;  // "http://127.0.0.1:8080": for absolute links when the cloud names none
  // Of the last kDaysOfHistory + 1 days, in order of instance and time.
  std::vector<monitoring::MeasuredInterval> measured = {};
  std::vector<DeclaredInterval> declared = {};
  // Of instances and maintenances; one that is not named is as old as anybody can tell.
  inventory::Beginnings beginnings = {};
  // Of every check, in any order; empty when no monitor runs in this process.
  std::vector<monitoring::CheckStand> stands;
  TenantNamesPtr tenants = nullptr;  // null: customers are not kept here
  bool single_tenant_public = true;  // the operator's access rule for single-tenant rows
  bool takes_subscriptions = false;  // whether readers can ask for mail where this page is served
};

// One instance as the public sees it. Points into the View's cloud.
struct Row {
  const inventory::Instance* instance = nullptr;
  const inventory::Territory* territory = nullptr;
  Truth truth;
  Shown shown;
  std::optional<WallTime> added;  // when it came into the cloud, as far as that is recorded
  WallTime since;       // of what is shown; the start of row, record or history at the earliest
  std::string because;  // of the declaration
  const inventory::Check* explains = nullptr;  // the check behind measured trouble
  monitoring::Verdict last_known = monitoring::Verdict::unknown;
  std::optional<WallTime> last_measured;  // newest moment at which the instance was measured
  int checks = 0, failing = 0, slow = 0;  // by their verdicts, as far as stands tell
  std::vector<const inventory::MaintenanceEntry*> maintenance;  // by start; past ones too
  std::vector<Stretch> history;                                 // kDaysOfHistory local days
  std::vector<DayCell> week;                                    // kDaysOnPage cells

  bool single_tenant() const { return instance->tenancy == inventory::Tenancy::single; }
  // An interruption of the whole instance, not of a part of it.
  bool complete() const;
  // The maintenance in progress or next, or null.
  const inventory::MaintenanceEntry* next_maintenance(WallTime now) const;
};

// Rows of one product in one territory.
struct Group {
  const inventory::Territory* territory = nullptr;
  const inventory::Product* product = nullptr;
  std::vector<const Row*> rows;  // by name
  std::string id() const;        // "emea-catalog"
};

class View {
 public:
  // Facts must name a cloud. Fails on a time zone that the system does not know.
  static Result<std::shared_ptr<const View>> make(Facts facts);

  const inventory::Cloud& cloud() const { return *facts_.cloud; }
  const Facts& facts() const { return facts_; }
  WallTime now() const { return facts_.now; }
  const std::string& url() const { return url_; }  // without a trailing slash

  const std::vector<Row>& rows() const { return rows_; }  // by territory, product, name
  // Null for an unknown instance and for one that the access rule hides.
  const Row* find(std::string_view instance) const;
  // Groups of the multi-tenant rows, or of the single-tenant ones; by territory, then product.
  std::vector<Group> groups(inventory::Tenancy tenancy) const;
  const TimeZone& zone(const inventory::TerritoryId& territory) const {
    return zones_.at(territory);
  }
  const TimeZone& zone(const Row& row) const { return zones_.at(row.territory->id); }
  // Starts of kDaysOfHistory local days and of tomorrow.
  std::span<const WallTime> day_starts(const Row& row) const;
  // The institutions that use it now, as far as customers are kept.
  std::span<const TenantName> tenants(const Row& row) const;
  std::vector<DayCell> days(const Row& row) const;  // kDaysOfHistory cells, computed here

  // The moment at which the page changes although nothing new is recorded: a local midnight, a
  // maintenance that begins or ends. Always in the future.
  WallTime changes_by_itself_at() const;

 private:
  explicit View(Facts facts) : facts_(std::move(facts)) {}
  Status read_zones();
  void make_rows();

  Facts facts_;
  std::string url_;
  std::map<inventory::TerritoryId, TimeZone> zones_;
  std::map<inventory::TerritoryId, std::vector<WallTime>> day_starts_;
  std::vector<Row> rows_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
};

using ViewPtr = std::shared_ptr<const View>;

}  // namespace nocturn::status_page
