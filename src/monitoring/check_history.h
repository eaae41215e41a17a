#pragma once

#include <span>
#include <vector>

#include "ledger/ledger.h"
#include "monitoring/monitoring.h"

// The verdicts of one check over time, computed from the ledger's entries whenever somebody asks:
// no table holds them. Intervals follow on one another, none is empty, and neighbours differ.
namespace nocturn::monitoring {

// The intervals that `entries` tell of, oldest first. The entries are monitoring's, in the order
// of the ledger; those about other checks and erased ones are passed over. Pure.
Result<std::vector<MeasuredInterval>> check_intervals(const inventory::CheckId& check,
                                                      std::span<const ledger::Entry> entries);

// Those that overlap [from, until), newest first, at most `limit`. Reads at most 5,000 of the
// newest entries about the instance: what was before those is not told. From any thread.
Result<std::vector<MeasuredInterval>> newest_check_intervals(const ledger::Ledger& ledger,
                                                             const inventory::InstanceId& instance,
                                                             const inventory::CheckId& check,
                                                             WallTime from, WallTime until,
                                                             std::size_t limit);

}  // namespace nocturn::monitoring
