#pragma once

#include "store/store.h"

namespace nocturn::ledger {

// Puts the entries of `ledger_entries`, where each had a row of its own, into `ledger_batches`: the
// step of migration 4. Their leaves, and with them the tree, stay what they are.
Status pack_entries(store::Transaction& transaction);

}  // namespace nocturn::ledger
