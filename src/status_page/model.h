#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inventory/model.h"
#include "monitoring/model.h"

// The words of the status page as plain data. The rules are pure: indicator.h says which
// indicator a row shows, timeline.h what it showed earlier, days.h what a day's cell says.
namespace nocturn::status_page {

// Exactly five (promise P120), by rising weight as far as cells are concerned.
enum class Indicator { normal, information, maintenance, performance, interruption };
inline constexpr int kIndicators = 5;
std::string_view name_of(Indicator indicator);
Result<Indicator> indicator_from(std::string_view name);

// What a person said about an instance, over what was measured.
struct Declaration {
  inventory::InstanceId instance;
  Indicator indicator = Indicator::information;
  std::string because;  // shown to the public
  std::string by;       // shown to operators only
  WallTime at;
};

// A declaration with its end; `until` empty while it stands.
struct DeclaredInterval {
  Declaration declaration;
  std::optional<WallTime> until;
  std::string withdrawn_by;
};

// A half-open interval of time; from < until.
struct Window {
  WallTime from, until;
  bool operator==(const Window&) const = default;
};

}  // namespace nocturn::status_page
