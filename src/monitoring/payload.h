#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "inventory/model.h"
#include "monitoring/model.h"

// Payloads of monitoring's ledger events: canonical JSON, and back. What stands in them came from
// strangers' servers: text that is not UTF-8 is mended and numbers that JSON cannot hold are left
// out, so that every change can be recorded.
namespace nocturn::monitoring {

std::string to_payload(const VerdictChange& change);
Result<VerdictChange> change_from(std::string_view payload);

struct Retirement {
  inventory::CheckId check;
  inventory::InstanceId instance;
  WallTime at;
};
std::string to_payload(const Retirement& retirement);
Result<Retirement> retirement_from(std::string_view payload);

// A time in which no hub watched.
struct Pause {
  WallTime stopped, resumed;
};
std::string to_payload(const Pause& pause);
Result<Pause> pause_from(std::string_view payload);

}  // namespace nocturn::monitoring
