#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "status_page/view.h"

// What happened, as the public interfaces tell it, until the incident desk writes incidents of
// its own: each unbroken run of trouble or declared information in a row's history is one. Pure.
namespace nocturn::status_page {

struct Incident {
  std::string id;  // stable: instance and start, "catalog-eu01-1795330000"
  const Row* row = nullptr;
  Indicator worst = Indicator::information;
  WallTime from;
  std::optional<WallTime> until;  // empty while it lasts
  std::vector<Stretch> steps;     // by time; neighbours differ in what was shown
  WallTime changed_at() const;    // of the newest step or the end
};

// Newest first, at most `limit`.
std::vector<Incident> incidents(const View& view, std::span<const Row* const> rows,
                                std::size_t limit);

// A scheduled maintenance and the public rows it concerns.
struct Maintenance {
  enum class State { scheduled, in_progress, completed };
  std::string id;  // stable while name, times and instances stay
  const inventory::MaintenanceEntry* entry = nullptr;
  State state = State::scheduled;
  WallTime announced;  // when it came into the cloud; where that is not known, today or its start
  std::vector<const Row*> rows;
};
std::string_view name_of(Maintenance::State state);

// By start; those that concern none of the rows are left out.
std::vector<Maintenance> maintenances(const View& view, std::span<const Row* const> rows);

// The rows of one tenancy, in the order of the page; hidden ones left out.
std::vector<const Row*> rows_of(const View& view, inventory::Tenancy tenancy);

// 16 hexadecimal digits that name a text; stable across versions (FNV-1a).
std::string fingerprint(std::string_view text);

}  // namespace nocturn::status_page
