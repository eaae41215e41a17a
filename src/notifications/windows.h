#pragma once

#include <optional>
#include <span>
#include <vector>

#include "inventory/model.h"
#include "notifications/events.h"

// From the scheduled maintenance of the cloud to what is told of it: announced, moved, cancelled,
// reminded of, started, ended. Compares what is scheduled with what was told last. Pure.
namespace nocturn::notifications {

// A reminder comes this long before the start, unless the announcement itself is that young.
inline constexpr Micros kReminder = std::chrono::hours(24);
inline constexpr Micros kYoung = std::chrono::hours(12);

struct WindowNews {
  events::KnownWindow window = {};          // as it is now; its notice is empty when it is new
  Step step = Step::announced;              // what is told
  std::vector<std::string> instances = {};  // sorted: all concerned, also before
  std::optional<status_page::Window> old_window = {};  // when it was moved
  bool forgotten = false;                              // nothing more will be told of it
};
struct WindowPlan {
  std::vector<WindowNews> news;
  std::optional<WallTime> again_at;  // when time alone brings more
};
WindowPlan window_plan(std::span<const inventory::MaintenanceEntry> scheduled,
                       std::span<const events::KnownWindow> known, WallTime now);

}  // namespace nocturn::notifications
