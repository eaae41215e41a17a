#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/ledger.h"
#include "notifications/grouping.h"
#include "notifications/model.h"
#include "notifications/recipients.h"

// The events of this folder. An address stands in `subscription.requested` alone, which is erased
// when the subscription ends; everything else names recipients by their ids. `by` is who did it.
// Pure.
namespace nocturn::notifications::events {

inline constexpr std::string_view kRequested = "notifications.subscription.requested";
inline constexpr std::string_view kConfirmed = "notifications.subscription.confirmed";
inline constexpr std::string_view kChanged = "notifications.subscription.changed";
inline constexpr std::string_view kEnded = "notifications.subscription.ended";
inline constexpr std::string_view kContactChose = "notifications.contact.chose";
inline constexpr std::string_view kLinkAsked = "notifications.link.asked";
inline constexpr std::string_view kQuarantined = "notifications.recipient.quarantined";
inline constexpr std::string_view kReleased = "notifications.recipient.released";
inline constexpr std::string_view kNoticeChanged = "notifications.notice.changed";
inline constexpr std::string_view kNoticeClosed = "notifications.notice.closed";
inline constexpr std::string_view kCaughtUp = "notifications.notice.caught_up";
inline constexpr std::string_view kTold = "notifications.notice.told";
inline constexpr std::string_view kWindowSet = "notifications.window.set";
inline constexpr std::string_view kWindowForgotten = "notifications.window.forgotten";
inline constexpr std::string_view kSettled = "notifications.deliveries.settled";
inline constexpr std::string_view kPruned = "notifications.deliveries.pruned";

// `until`: when the link to confirm it stops working.
ledger::Event requested(const Subscription& subscription, WallTime until);
ledger::Event confirmed(const SubscriptionId& subscription);
ledger::Event changed(const SubscriptionId& subscription, const Choices& choices,
                      std::string_view by);
// `because`: "left", "lapsed", "joined another", "removed".
ledger::Event ended(const SubscriptionId& subscription, std::string_view because,
                    std::string_view by);
ledger::Event contact_chose(const RecipientId& contact, const ContactChoices& choices);
ledger::Event link_asked(const RecipientId& recipient, std::string_view channel);
ledger::Event quarantined(const RecipientId& recipient, std::string_view because);
ledger::Event released(const RecipientId& recipient, std::string_view by);

// `notice` as it is after the change; `opened`: it begins with it.
ledger::Event notice_changed(const OpenNotice& notice, const NoticeChange& change, bool opened);
ledger::Event notice_closed(const NoticeId& notice);
// Who was released from quarantine after the notice had ended has been told of its end now, or need
// not be told: nobody looks for them again.
ledger::Event caught_up(const NoticeId& notice);

// One recipient of a telling. `mine`: which of its rows, as mine_of() writes it.
struct Told {
  Recipient recipient;
  std::string mine;
  WallTime due;
};
// At most this many of them in one event.
inline constexpr std::size_t kMostTold = 8'000;
// `sequence`: the newest change of the notice's rows that this telling tells (ToldRow::sequence).
// `by`: who wrote an operator's note; else empty.
ledger::Event told(const Telling& telling, std::uint64_t sequence, std::span<const Told> recipients,
                   std::string_view by);
// Which of the rows somebody is told of: "*" for all, or their numbers: "0,3".
std::string mine_of(std::span<const ToldRow> rows, std::span<const std::string> instances);
std::vector<ToldRow> rows_of(std::span<const ToldRow> rows, std::string_view mine);

// A maintenance as it was told last.
struct KnownWindow {
  std::string key = {};  // names the entry
  NoticeId notice = {};
  std::string title = {};
  status_page::Window window = {};
  std::vector<std::string> instances = {};  // sorted
  Step step = Step::announced;              // told last
  WallTime told_at = {};
  bool operator==(const KnownWindow&) const = default;
};
ledger::Event window_set(const KnownWindow& window);
ledger::Event window_forgotten(const KnownWindow& window);

// How deliveries ended: id, state, and a code of digits ("250 2.0.0"), never words of others.
struct Settled {
  std::int64_t delivery = 0;
  Delivery::State state = Delivery::State::sent;
  std::string code = {};
};
ledger::Event settled(std::span<const Settled> deliveries);
// Those up to that id that ended before that time are kept no longer, but for those of notices that
// go on: what was heard of these counts.
ledger::Event pruned(WallTime before, std::int64_t up_to);

}  // namespace nocturn::notifications::events
