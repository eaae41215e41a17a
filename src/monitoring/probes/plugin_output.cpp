#include "monitoring/probes/plugin_output.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "monitoring/probes/transcript.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kMostMetrics = 256;
constexpr std::string_view kBlanks = " \t\r\n";

// Takes a label off the front of `text`: quoted with '' for a quote inside, or up to '='.
std::string take_label(std::string_view& text) {
  std::string label;
  if (!text.starts_with('\'')) {
    const auto end = text.find_first_of("= \t\r\n");
    label = text.substr(0, end);
    text.remove_prefix(std::min(end, text.size()));
    return label;
  }
  text.remove_prefix(1);
  while (!text.empty()) {
    const char next = text.front();
    text.remove_prefix(1);
    if (next != '\'') {
      label += next;
    } else if (text.starts_with('\'')) {
      label += '\'';
      text.remove_prefix(1);
    } else {
      break;
    }
  }
  return label;
}

// The number and its unit in front of the first ';'. Some locales write a decimal comma.
bool read_value(std::string_view text, Metric& metric) {
  std::string number(text.substr(0, text.find(';')));
  for (char& c : number) {
    if (c == ',') c = '.';
  }
  const char* begin = number.data();
  const char* end = begin + number.size();
  if (begin != end && *begin == '+') ++begin;
  const auto read = std::from_chars(begin, end, metric.value);
  if (read.ec != std::errc() || !std::isfinite(metric.value)) return false;
  metric.unit = printable_line(std::string_view(read.ptr, end));
  return true;
}

}  // namespace

std::vector<Metric> parse_perfdata(std::string_view text) {
  std::vector<Metric> metrics;
  while (metrics.size() < kMostMetrics) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.empty()) break;
    Metric metric;
    metric.name = printable_line(take_label(text));
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(end);
    if (!rest.starts_with('=') || metric.name.empty()) continue;
    rest.remove_prefix(1);
    if (read_value(rest, metric)) metrics.push_back(std::move(metric));
  }
  return metrics;
}

PluginOutput parse_plugin_output(std::string_view output) {
  PluginOutput parsed;
  std::string perfdata;
  bool first = true, only_perfdata = false;
  for (std::string_view line : split(output, '\n')) {
    if (only_perfdata) {
      perfdata.append(line).append(" ");
      continue;
    }
    const auto bar = line.find('|');
    if (bar != line.npos) {
      perfdata.append(line.substr(bar + 1)).append(" ");
      only_perfdata = !first;  // from a bar in the long text on, the rest is performance data
      line = line.substr(0, bar);
    }
    line = trim(line);
    if (first) {
      parsed.line = printable_line(line);
    } else if (!line.empty()) {
      add_line(parsed.more, line);
    }
    first = false;
  }
  parsed.metrics = parse_perfdata(perfdata);
  return parsed;
}

}  // namespace nocturn::monitoring
