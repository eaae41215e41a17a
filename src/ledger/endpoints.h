#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "ledger/ledger.h"
#include "net/endpoint.h"

namespace nocturn::ledger {

// The operators' API of the ledger: entries with payloads, and an export into a folder or file of
// the hub's machine. `write_export` does the latter.
std::vector<net::Endpoint> endpoints(
    Ledger& ledger, std::function<Status(const std::filesystem::path&)> write_export);

}  // namespace nocturn::ledger
