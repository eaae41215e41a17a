#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "ledger/ledger.h"
#include "net/endpoint.h"

namespace nocturn::ledger {

// What the endpoints act on; all are asked on worker threads. Left empty where the table is only
// described.
struct Desk {
  Ledger* ledger = nullptr;
  // Writes an export into a folder or file of the hub's machine.
  std::function<Status(const std::filesystem::path&)> write_export = {};
};

// The operators' API of the ledger: entries with payloads, and an export.
std::vector<net::Endpoint> endpoints(Desk desk);

}  // namespace nocturn::ledger
