#include "support/sample_facts.h"

#include <algorithm>

namespace nocturn::testing {
namespace {

using inventory::Check;
using inventory::Instance;
using inventory::InstanceId;
using inventory::Layer;
using inventory::Tenancy;
using monitoring::Verdict;
using namespace std::chrono_literals;

struct Site {
  const char *territory, *name, *zone, *center, *center_name, *short_name;
};
constexpr Site kSites[] = {
    {"apac", "Asia and Pacific", "Asia/Singapore", "sin1", "Singapore 1", "AP"},
    {"emea", "Europe, Middle East and Africa", "Europe/Amsterdam", "ams1", "Amsterdam 1", "EU"},
    {"na", "North America", "America/Chicago", "chi1", "Chicago 1", "NA"},
};
struct Ware {
  const char *id, *name, *short_name;
};
constexpr Ware kWares[] = {{"catalog", "Catalog", "Catalog"},
                           {"discovery", "Discovery", "Discovery"},
                           {"linkresolver", "Link Resolver", "Links"},
                           {"repository", "Repository", "Repository"}};

inventory::Cloud frame() {
  inventory::Cloud cloud;
  cloud.name = "Example Library Cloud";
  cloud.url = "https://status.example.org";
  cloud.contact = {"Operating center", "+31 20 555 0100", "hub@example.org", ""};
  for (const Site& site : kSites) {
    const inventory::TerritoryId territory{site.territory};
    const inventory::DataCenterId center{site.center};
    cloud.territories[territory] = {territory, site.name, site.zone};
    cloud.data_centers[center] = {
        center, site.center_name, territory, inventory::Role::primary, {}};
  }
  for (const Ware& ware : kWares)
    cloud.products[inventory::ProductId(ware.id)] = {inventory::ProductId(ware.id), ware.name};
  return cloud;
}

void add_check(Instance& instance, const char* name, const char* kind, Layer layer) {
  Check check;
  check.id = inventory::CheckId(instance.id.text() + "/" + name);
  check.name = name;
  check.kind = kind;
  check.layer = layer;
  instance.checks.push_back(check);
}

Instance make_instance(const Site& site, const Ware& ware, int number) {
  std::string code = site.short_name;
  std::transform(code.begin(), code.end(), code.begin(), [](char c) { return char(c + 32); });
  Instance instance;
  instance.id = InstanceId(fmt::format("{}-{}{:02}", ware.id, code, number));
  instance.name = fmt::format("{} {}{:02}", ware.short_name, site.short_name, number);
  instance.aliases = {fmt::format("{}{:02}", site.short_name, number)};
  instance.hosts = {fmt::format("{}.{}{:02}.example.org", ware.id, code, number)};
  instance.product = inventory::ProductId(ware.id);
  instance.data_center = inventory::DataCenterId(site.center);
  instance.sla = 99.9;
  add_check(instance, "web", "http", Layer::transaction);
  add_check(instance, "z3950", "z3950", Layer::transaction);
  add_check(instance, "database", "postgresql", Layer::service);
  return instance;
}

class Scene {
 public:
  explicit Scene(inventory::Cloud cloud) : cloud_(std::move(cloud)), now_(sample_now()) {}

  Instance& add(Instance instance) {
    const InstanceId id = instance.id;
    return cloud_.instances[id] = std::move(instance);
  }
  // A state that began so long before now and lasted so long; nothing: it lasts.
  void never_measured(const std::string& id) { measured_.erase(id); }
  void measured(const std::string& id, Verdict verdict, Micros before, Micros lasted = 0s) {
    std::vector<monitoring::MeasuredInterval>& list = measured_[id];
    const WallTime from = now_ - before;
    if (!list.empty()) list.back().until = from;
    monitoring::MeasuredInterval interval{InstanceId(id), verdict, from, std::nullopt, {}, {}};
    if (is_trouble(verdict)) interval.check = inventory::CheckId(id + "/web");
    list.push_back(interval);
    if (lasted > 0s) measured(id, Verdict::normal, before - lasted);
  }
  void declared(const std::string& id, status_page::Indicator indicator, const char* because,
                Micros before) {
    facts_.declared.push_back(
        {{InstanceId(id), indicator, because, "Ada Night", now_ - before}, std::nullopt, {}});
  }
  void maintenance(const char* name, Micros from, Micros lasts, std::vector<std::string> ids) {
    inventory::MaintenanceEntry entry{name, now_ + from, now_ + from + lasts, {}};
    for (std::string& id : ids) entry.instances.emplace_back(std::move(id));
    cloud_.maintenance.push_back(std::move(entry));
  }

  status_page::Facts finish() {
    for (const auto& [id, instance] : cloud_.instances) {
      const auto list = measured_.find(id.text());
      const Verdict now = list == measured_.end() ? Verdict::unknown : list->second.back().verdict;
      for (const Check& check : instance.checks) stand(check, now);
      if (list != measured_.end())
        facts_.measured.insert(facts_.measured.end(), list->second.begin(), list->second.end());
    }
    facts_.now = now_;
    facts_.takes_subscriptions = true;
    facts_.watching_since = now_ - 2160h;
    facts_.cloud = std::make_shared<const inventory::Cloud>(std::move(cloud_));
    return std::move(facts_);
  }

 private:
  // The web check is what fails; the others pass.
  void stand(const Check& check, Verdict verdict) {
    monitoring::CheckStand stand;
    stand.check = check.id;
    stand.verdict = is_trouble(verdict) && check.name != "web" ? Verdict::normal : verdict;
    stand.since = now_ - 1h;
    stand.probed_at = now_ - 7s;
    facts_.stands.push_back(stand);
  }
  static bool is_trouble(Verdict verdict) { return status_page::is_trouble(verdict); }

  inventory::Cloud cloud_;
  WallTime now_;
  std::map<std::string, std::vector<monitoring::MeasuredInterval>> measured_;
  status_page::Facts facts_;
};

void add_single_tenants(Scene& scene) {
  Instance chant = make_instance(kSites[1], kWares[0], 41);
  chant.id = InstanceId("catalog-st-abbey");
  chant.name = "Catalog ST Abbey";
  chant.aliases = {"ABBEY"};
  chant.hosts = {"abbey.example.org"};
  chant.institutions = {"Abbey Library"};
  chant.tenancy = Tenancy::single;
  for (Check& check : chant.checks)
    check.id = inventory::CheckId(chant.id.text() + "/" + check.name);
  scene.add(chant);
  scene.measured("catalog-st-abbey", Verdict::normal, 1900h);
  Instance opera = make_instance(kSites[2], kWares[1], 42);
  opera.id = InstanceId("discovery-st-opera");
  opera.name = "Discovery ST Opera";
  opera.aliases = {"OPERA"};
  opera.hosts = {"opera.example.org"};
  opera.tenancy = Tenancy::single;
  for (Check& check : opera.checks)
    check.id = inventory::CheckId(opera.id.text() + "/" + check.name);
  scene.add(opera);
  scene.measured("discovery-st-opera", Verdict::normal, 1900h);
  scene.measured("discovery-st-opera", Verdict::performance, 25min);
}

}  // namespace

WallTime sample_now() { return std::chrono::sys_days(2026y / 11 / 22) + 6h + 45min + 10s; }

status_page::Facts sample_facts() {
  Scene scene(frame());
  const std::pair<int, int> plan[] = {{1, 0}, {1, 0}, {1, 1}, {1, 1}, {1, 2}, {1, 3},
                                      {1, 0}, {0, 0}, {0, 1}, {0, 2}, {2, 0}, {2, 0},
                                      {2, 1}, {2, 1}, {2, 2}, {2, 3}};
  std::map<std::pair<int, int>, int> numbers;
  std::vector<std::string> ids;
  for (const auto& place : plan) {
    Instance instance = make_instance(kSites[place.first], kWares[place.second], ++numbers[place]);
    ids.push_back(instance.id.text());
    scene.add(std::move(instance));
    scene.measured(ids.back(), Verdict::normal, 2000h);
  }
  const auto edit = [&](const char* id, Instance changed) {
    changed.id = InstanceId(id);
    scene.add(std::move(changed));
  };
  Instance sandbox = make_instance(kSites[1], kWares[0], 3);
  sandbox.environment = inventory::Environment::sandbox;
  edit("catalog-eu03", sandbox);
  Instance named = make_instance(kSites[1], kWares[0], 1);
  named.institutions = {"Zürich Central Library", "University of Utrecht"};
  edit("catalog-eu01", named);
  Instance silent = make_instance(kSites[0], kWares[2], 1);
  silent.checks.clear();
  edit("linkresolver-ap01", silent);
  scene.never_measured("linkresolver-ap01");

  scene.measured("discovery-eu01", Verdict::performance, 70h, 95min);
  scene.measured("discovery-eu01", Verdict::interruption, 14min);
  scene.measured("catalog-na02", Verdict::interruption, 98h, 12min);
  scene.measured("catalog-na02", Verdict::performance, 31min);
  scene.measured("repository-eu01", Verdict::interruption, 1190h, 200min);
  scene.measured("repository-eu01", Verdict::unknown, 9min);
  scene.measured("catalog-ap01", Verdict::performance, 29h, 3min);
  scene.measured("discovery-na02", Verdict::interruption, 51h, 45s);
  scene.declared("linkresolver-na01", status_page::Indicator::information,
                 "A new list of open-access journals is being loaded; some links are a day old.",
                 5h);
  scene.maintenance("Storage firmware", -45min - 10s, 2h, {"discovery-ap01"});
  scene.maintenance("Release 2026.11", 163h + 14min + 50s, 90min,
                    {"catalog-eu01", "catalog-eu02", "catalog-eu03"});
  scene.maintenance("Network switch replacement", 337h + 14min + 50s, 5h,
                    {"catalog-na01", "catalog-na02", "repository-na01"});
  add_single_tenants(scene);
  status_page::Facts facts = scene.finish();
  facts.beginnings = {{"instance/linkresolver-ap01", facts.now - 52h}};
  return facts;
}

status_page::Facts large_facts(int count) {
  Scene scene(frame());
  for (int i = 0; i < count; ++i) {
    Instance instance = make_instance(kSites[i % 3], kWares[i / 3 % 4], i / 12 + 1);
    const std::string id = instance.id.text();
    if (i % 40 == 7) instance.environment = inventory::Environment::sandbox;
    scene.add(std::move(instance));
    scene.measured(id, Verdict::normal, 2000h);
    if (i % 16 == 3)
      scene.measured(id, Verdict::performance, 20h + 1min * (i * 7 % 7000), 1min * (i % 50 + 1));
    if (i % 50 == 9)
      scene.measured(id, Verdict::interruption, 10h + 1min * (i * 3 % 500), 1min * (i % 30 + 1));
    if (i % 125 == 60) scene.measured(id, Verdict::interruption, 1min * (i % 90 + 3));
    if (i % 125 == 90) scene.measured(id, Verdict::performance, 1min * (i % 90 + 3));
    if (i % 250 == 77) scene.measured(id, Verdict::unknown, 1min * (i % 9 + 3));
    if (i % 12 == 0)
      scene.maintenance("Release 2026.11", 163h + 14min + 50s + 24h * (i % 5), 90min, {id});
  }
  return scene.finish();
}

}  // namespace nocturn::testing
