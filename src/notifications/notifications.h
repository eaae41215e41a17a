#pragma once

#include <span>

#include "ledger/ledger.h"
#include "store/store.h"

// Who is told of what, and what became of it: events of the ledger and tables made from them. The
// front door for other folders.
namespace nocturn::notifications {

std::span<const store::Migration> migrations();
// For events that begin with "notifications.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);

}  // namespace nocturn::notifications
