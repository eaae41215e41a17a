#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/kind.h"
#include "inventory/model.h"
#include "inventory/yaml.h"

// From the merged tree of all files to a Cloud. Every reader goes on after a fault; a Cloud that
// comes with faults is never used.
namespace nocturn::inventory {

struct Reading {
  std::span<const KindSpec> kinds;
  Report& report;
  // Some file could not be read: what it declares is missing, so nothing is said of references.
  bool incomplete = false;
};

// `root` has one member for each of kParts, in that order.
Cloud read_cloud(const Node& root, Reading& reading);

// The checks below `checks` of one instance (check_reader.cpp).
std::vector<Check> read_checks(const Node& checks, const InstanceId& instance, Reading& reading);

// The list of announced maintenance (maintenance_reader.cpp); `cloud` has its instances already.
std::vector<MaintenanceEntry> read_maintenance(const Node& list, const Cloud& cloud,
                                               Reading& reading);

// How people sign in (sign_in_reader.cpp); `cloud` has its own URL already.
SignIn read_sign_in(const Node& node, const Cloud& cloud, Reading& reading);

// How notices are sent (notifications_reader.cpp).
NoticeSending read_notifications(const Node& node, Reading& reading);

// Where copies of the status page are kept (copy_target_reader.cpp), by id.
std::vector<CopyTarget> read_copy_targets(const Node& node, Reading& reading);

// A fault where `id` is not among the keys, with the nearest of them. False after a fault.
template <class Key, class Value>
bool known(const Key& id, const std::map<Key, Value>& all, Mark mark, std::string_view what,
           std::string_view from, Reading& reading) {
  if (all.contains(id)) return true;
  if (reading.incomplete) return false;
  std::vector<std::string_view> ids;
  for (const auto& [key, value] : all) ids.push_back(key.text());
  const std::string otherwise =
      ids.empty()        ? fmt::format("no {} is declared", what)
      : ids.size() <= 10 ? fmt::format("write {}", alternatives(ids))
                         : fmt::format("declare it, or name one of the {} that are", ids.size());
  reading.report.add(
      mark, fmt::format("{} names {} {}, which is not declared", from, what, in_quotes(id.text())),
      reading.report.suggestion(id.text(), ids, otherwise));
  return false;
}

}  // namespace nocturn::inventory
