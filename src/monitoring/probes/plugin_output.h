#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "monitoring/model.h"

// What a Nagios plug-in prints (Monitoring Plugins Development Guidelines, sections 1 and 2.6):
// a line for people, more lines, and performance data after '|'. Plug-ins are written by many
// hands, so nothing here fails: what cannot be read is left out.
namespace nocturn::monitoring {

struct PluginOutput {
  std::string line;               // the first line, without performance data
  std::vector<std::string> more;  // the lines after it, without performance data
  std::vector<Metric> metrics;    // at most 256
};

PluginOutput parse_plugin_output(std::string_view output);

// 'label'=value[unit];[warn];[crit];[min];[max] and so on, apart by blanks. Values that are not
// numbers ("U": unknown) are left out.
std::vector<Metric> parse_perfdata(std::string_view text);

}  // namespace nocturn::monitoring
