#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "inventory/model.h"
#include "ledger/ledger.h"
#include "notifications/model.h"
#include "notifications/recipients.h"

// What may become of a subscription. Nothing here tells whoever asks whether an address is known:
// the answer is the same for known and unknown ones, and the truth stands only in the mail that
// goes to that address. Pure.
namespace nocturn::notifications {

using Faults = std::vector<ShapeFault>;
using Events = Result<std::vector<ledger::Event>>;

inline constexpr std::size_t kMostFollowed = 2'000;  // instances, products, institutions: of each
inline constexpr std::size_t kLongestUrl = 2'000;
inline constexpr Micros kTimeToConfirm = std::chrono::hours(24);
// Requests that wait to be confirmed by one mailbox; each was a mail to it, so this bounds what
// strangers can have sent there within kTimeToConfirm.
inline constexpr std::size_t kMostUnconfirmed = 3;

// Makes the subscription as it is kept; what is wrong with it is added to `faults`. Checks address,
// choices and references into the cloud, but not institutions: those are looked up by the caller.
Subscription spelled(Subscription wanted, const inventory::Cloud& cloud, Faults& faults);
Choices spelled(Choices wanted, const inventory::Cloud& cloud, Faults& faults);

// `waiting`: requests that wait to be confirmed by a mail to the same address. `limited` when these
// are too many.
Events request(const Subscription& wanted, std::size_t waiting, WallTime now);
// The confirmed subscription among `same` that `pending` would join: of the same owner, since who
// answers for a URL answers for their own subscription of it alone. Null: there is none.
const Subscription* joined_by(const Subscription& pending, std::span<const Subscription> same);
// The link of the mail was followed. What the address follows already is joined with it: the older
// subscription stays. `conflict` when it was used before or too late.
Events confirm(const Subscription& pending, WallTime until, std::span<const Subscription> same,
               WallTime now);
// An active one gets other choices; nothing when they are the same. `conflict` while pending.
Events change(const Subscription& subscription, const Choices& wanted, std::string_view by);
Events leave(const Subscription& subscription, std::string_view because, std::string_view by);

}  // namespace nocturn::notifications
