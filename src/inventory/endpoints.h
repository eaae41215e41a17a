#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "inventory/inventory.h"
#include "net/endpoint.h"

namespace nocturn::inventory {

// What the endpoints act on; all are called on worker threads. Left empty where the table is only
// described.
struct Desk {
  std::function<CloudPtr()> cloud = {};
  std::function<std::vector<Fault>()> faults = {};  // of the newest edit
  std::function<Result<std::vector<Difference>>()> apply = {};
  std::function<Result<std::vector<Difference>>(const std::filesystem::path&)> compare = {};
};

// The operators' API of the configuration: what runs, what is wrong, what differs, and applying.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::inventory
