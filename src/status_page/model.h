#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inventory/model.h"
#include "monitoring/model.h"

// The words of the status page as plain data. The rules are pure (model.cpp): which indicator a
// row shows, what a day's cell says.
namespace nocturn::status_page {

// Exactly five (promise P120), by rising weight as far as cells are concerned.
enum class Indicator { normal, information, maintenance, performance, interruption };
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

}  // namespace nocturn::status_page
