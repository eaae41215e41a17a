#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "monitoring/probes/plugin_output.h"

// Whatever a plug-in prints: bounded in number and length, and every value a finite number.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto output = nocturn::monitoring::parse_plugin_output(text);
  if (output.line.size() > 256 || output.more.size() > 64 || output.metrics.size() > 256) {
    std::abort();
  }
  for (const auto& metric : output.metrics) {
    if (!std::isfinite(metric.value) || metric.name.empty() || metric.name.size() > 256) {
      std::abort();
    }
  }
  return 0;
}
