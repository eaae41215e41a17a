#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "customers/model.h"
#include "inventory/model.h"
#include "ledger/ledger.h"

// What may become of customers. A row is spelled (blanks trimmed, lists sorted) and checked against
// the cloud: all its faults at once, with the field as their path. Then decide() answers the events
// that make the stored account what is wanted; nothing when it is so already. Pure.
namespace nocturn::customers {

using Faults = std::vector<ShapeFault>;

// Makes the row as it is kept; what is wrong with it is added to `faults`.
Institution spelled(Institution row, const inventory::Cloud& cloud, Faults& faults);
Contact spelled(Contact row, const inventory::Cloud& cloud, Faults& faults);
Asset spelled(Asset row, const inventory::Cloud& cloud, Faults& faults);

// `conflict`, for what a field says; it is the error's subject.
std::unexpected<Error> mistaken(std::string_view field, std::string message);

// The languages that contacts may be written to in.
bool is_language(std::string_view tag);

// `account`: as stored; nothing when there is no such institution. Rows are spelled. `by` is who
// did it, as Caller::name has it. Errors are `conflict` for what the others rule out, `limited`,
// and `not_found` for what hangs on no institution; the subject is the field that is mistaken.
using Events = Result<std::vector<ledger::Event>>;
Events put(const std::optional<Account>& account, const Institution& wanted, std::string_view by);
Events put(const std::optional<Account>& account, const Contact& wanted, std::string_view by);
Events put(const std::optional<Account>& account, const Asset& wanted, std::string_view by);

// The account asset ends when `there` begins: the same product at another instance, spelled; it
// lasts there until the asset was to end.
Events move(const Account& account, const AssetId& asset, const Asset& there, std::string_view by);

// Ends its assets and removes its contacts, too.
Events remove(const Account& account, std::string_view by, WallTime now);
Events remove(const Account& account, const ContactId& contact, std::string_view by);
Events remove(const Account& account, const AssetId& asset, std::string_view by);

// Whether it is used at that moment.
bool holds_at(const Asset& asset, WallTime time);

}  // namespace nocturn::customers
