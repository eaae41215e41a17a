#pragma once

#include <span>

#include "ledger/ledger.h"

namespace nocturn::app {

// Every folder that makes tables from the ledger: its events' prefix, how it applies them, and its
// migrations. The one list for the hub and for replaying.
std::span<const ledger::Applier> appliers();
std::span<const store::ModuleMigrations> module_migrations();

}  // namespace nocturn::app
