#include <set>

#include "base/text.h"
#include "base/time_zone.h"
#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/section.h"

// Announced maintenance: moments in UTC from times as people write them.
namespace nocturn::inventory {
namespace {

// The local time in the text: "2026-12-06 00:00", with seconds or a T if one likes. Read as if it
// were UTC, so that from_rfc3339() knows the calendar.
std::optional<LocalTime> local_time(std::string text) {
  if (text.size() == 16) text += ":00";
  if (text.size() != 19) return std::nullopt;
  if (text[10] == ' ') text[10] = 'T';
  const Result<WallTime> time = from_rfc3339(text + "Z");
  if (!time) return std::nullopt;
  return LocalTime(time->time_since_epoch());
}

// Reads one of an entry's two times. `zone` is where local times are told, if that is known.
std::optional<WallTime> read_time(const Node& node, std::string_view key, const Options& options,
                                  const std::optional<TimeZone>& zone, std::string_view what,
                                  Report& report) {
  if (!has(options, key)) return std::nullopt;
  const std::string text = text_of(options, key);
  const auto wrong = [&](std::string said, std::string mend) {
    report.add(mark_of(node, key), fmt::format("{} of {} {}", key, what, said), std::move(mend));
    return std::nullopt;
  };
  if (const Result<WallTime> time = from_rfc3339(text)) return *time;
  const std::optional<LocalTime> local = local_time(text);
  if (!local) {
    return wrong(fmt::format("is {}", in_quotes(text)),
                 "write a time like 2026-12-06T00:00:00Z, or local time like 2026-12-06 00:00");
  }
  if (!zone) {
    return wrong(fmt::format("is the local time {}, but nobody knows where", in_quotes(text)),
                 "add time_zone, or write the offset: 2026-12-06T00:00:00+01:00");
  }
  const WallTime time = zone->wall(*local);
  if (zone->local(time) != *local) {
    return wrong(fmt::format("is {}, an hour that the clock change skips in {}", in_quotes(text),
                             zone->name()),
                 fmt::format("the moment of the change is {}", to_rfc3339(time)));
  }
  if (zone->local(time + std::chrono::hours(1)) == *local ||
      zone->local(time + std::chrono::minutes(30)) == *local) {
    return wrong(
        fmt::format("is {}, which the clock change brings twice in {}", in_quotes(text),
                    zone->name()),
        fmt::format("write {} or {}", to_rfc3339(time), to_rfc3339(time + std::chrono::hours(1))));
  }
  return time;
}

// The zone of the territory that all the instances are in.
std::optional<TimeZone> common_zone(const std::vector<InstanceId>& instances, const Cloud& cloud) {
  std::set<std::string> zones;
  for (const InstanceId& id : instances) {
    const Instance* instance = cloud.find(id);
    if (instance == nullptr) continue;
    const auto center = cloud.data_centers.find(instance->data_center);
    if (center == cloud.data_centers.end()) continue;
    const auto territory = cloud.territories.find(center->second.territory);
    if (territory != cloud.territories.end()) zones.insert(territory->second.time_zone);
  }
  if (zones.size() != 1) return std::nullopt;
  const Result<TimeZone> zone = TimeZone::find(*zones.begin());
  return zone ? std::optional(*zone) : std::nullopt;
}

MaintenanceEntry read_entry(const Node& node, const Cloud& cloud, Reading& reading) {
  Report& report = reading.report;
  const Node* name = node.find("name");
  const std::string what =
      fmt::format("maintenance {}",
                  in_quotes(name != nullptr && name->scalar() ? name->text : "without a name"));
  const Options options = read_section(node, what, kMaintenanceKeys, report);
  MaintenanceEntry entry;
  entry.name = text_of(options, "name");
  std::set<std::string> seen;
  for (std::string& id : list_of(options, "instances")) {
    if (seen.insert(id).second) entry.instances.emplace_back(std::move(id));
  }
  for (const InstanceId& id : entry.instances)
    known(id, cloud.instances, mark_of(node, "instances"), "instance", what, reading);
  if (has(options, "instances") && entry.instances.empty())
    report.add(mark_of(node, "instances"), fmt::format("{} concerns no instance", what),
               "name the instances");

  std::optional<TimeZone> zone;
  if (has(options, "time_zone")) {
    if (const Result<TimeZone> found = TimeZone::find(text_of(options, "time_zone"))) zone = *found;
  } else {
    zone = common_zone(entry.instances, cloud);
  }
  const auto from = read_time(node, "from", options, zone, what, report);
  const auto until = read_time(node, "until", options, zone, what, report);
  if (from && until && *from >= *until)
    report.add(mark_of(node, "until"),
               fmt::format("{} ends at {}, not after its start at {}", what, to_rfc3339(*until),
                           to_rfc3339(*from)),
               "write an until that is later than from");
  entry.from = from.value_or(WallTime{});
  entry.until = until.value_or(WallTime{});
  return entry;
}

}  // namespace

std::vector<MaintenanceEntry> read_maintenance(const Node& list, const Cloud& cloud,
                                               Reading& reading) {
  std::vector<MaintenanceEntry> entries;
  std::set<std::pair<WallTime, std::string>> seen;
  for (const Node& node : list.items) {
    const std::size_t faults_before = reading.report.count();
    MaintenanceEntry entry = read_entry(node, cloud, reading);
    if (reading.report.count() == faults_before && !seen.emplace(entry.from, entry.name).second)
      reading.report.add(
          node.mark,
          fmt::format("maintenance {} stands twice with the same start", in_quotes(entry.name)),
          "keep one, or give them different names");
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace nocturn::inventory
