#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "notifications/events.h"
#include "notifications/grouping.h"
#include "notifications/model.h"
#include "notifications/outbox/parcel.h"
#include "notifications/recipients.h"
#include "store/store.h"

// All that is read from the tables, one function per question.
namespace nocturn::notifications::records {

// ---- subscriptions ----

Result<std::optional<Subscription>> subscription(store::Reader& reader, const SubscriptionId& id);
// Until when a pending one can be confirmed.
Result<WallTime> confirm_until(store::Reader& reader, const SubscriptionId& id);
// All of that address, pending ones too, by id.
Result<std::vector<Subscription>> subscriptions_at(store::Reader& reader, std::string_view channel,
                                                   std::string_view address);
// How many requests wait to be confirmed by a mail to this mailbox, however it was spelled.
Result<std::size_t> waiting_for(store::Reader& reader, std::string_view mailed);
// By id; `search` is looked for in address, owner and institution; `state` empty: any.
Result<std::vector<Subscription>> subscriptions(store::Reader& reader, std::string_view search,
                                                std::string_view state,
                                                const net::PageRequest& page);
// Pending ones whose time to confirm is over.
Result<std::vector<SubscriptionId>> lapsed(store::Reader& reader, WallTime now);
// Why nothing goes to them; nothing when it does.
Result<std::optional<std::string>> quarantined_because(store::Reader& reader,
                                                       const RecipientId& recipient);
// Whether the link to their choices was asked for since then.
Result<bool> was_mailed_link_since(store::Reader& reader, const RecipientId& recipient,
                                   WallTime since);
// Those whom nothing is sent to, by id.
struct Quarantined {
  RecipientId recipient = {};
  std::string because = {};
  WallTime since = {};
};
Result<std::vector<Quarantined>> quarantine(store::Reader& reader, const net::PageRequest& page);
Result<std::optional<ContactChoices>> contact_choices(store::Reader& reader,
                                                      const RecipientId& contact);
// Everybody who may have to be told at that moment.
Result<Audience> audience(store::Reader& reader, WallTime at);

// ---- notices ----

// Not over, with their rows, oldest first.
Result<std::vector<OpenNotice>> open_notices(store::Reader& reader, Topic topic);
// Of a notice that is not over, by instance; of one that is, nothing.
Result<std::vector<ToldRow>> rows(store::Reader& reader, const NoticeId& notice);
// What each recipient heard of a notice last.
Result<std::map<RecipientId, Heard>> heard(store::Reader& reader, const NoticeId& notice);
Result<std::optional<Telling>> telling(store::Reader& reader, const NoticeId& notice,
                                       std::uint64_t number);
Result<std::vector<events::KnownWindow>> windows(store::Reader& reader);

struct NoticeSummary {
  NoticeId id = {};
  Topic topic = Topic::trouble;
  WallTime opened_at = {};
  std::optional<WallTime> closed_at = {};
  std::uint64_t tellings = 0;
  std::map<Delivery::State, std::uint64_t> deliveries = {};
};
struct NoticeFilter {
  std::string state = {};     // "open", "over", or empty: both
  std::string instance = {};  // its id: that they are or were about; empty: any
};
// Newest first.
Result<std::vector<NoticeSummary>> notices(store::Reader& reader, const NoticeFilter& filter,
                                           const net::PageRequest& page);
Result<std::optional<NoticeSummary>> notice(store::Reader& reader, const NoticeId& id);
// By notice: recipients who had heard of it, were in quarantine when it ended, and were released
// since. They have not heard of its end.
Result<std::map<NoticeId, std::set<RecipientId>>> missed(store::Reader& reader);
struct StoredTelling {
  Telling telling;
  std::uint64_t recipients = 0;
  std::uint64_t entry = 0;  // of the ledger: its proof
};
Result<std::vector<StoredTelling>> tellings(store::Reader& reader, const NoticeId& notice);

// ---- deliveries ----

struct StoredDelivery {
  Delivery delivery;
  std::uint64_t sequence = 0;
  std::string mine = {};
  std::int64_t tries = 0;
};
// Queued ones of a channel that are due, by id, after that id; at most `limit`. What was due at
// once is due, whatever the clock says now: it may have been set back since.
Result<std::vector<StoredDelivery>> due(store::Reader& reader, std::string_view channel,
                                        WallTime now, std::int64_t after, std::size_t limit);
// Of one recipient, tellings that are queued and due, by id.
Result<std::vector<StoredDelivery>> due_to(store::Reader& reader, const RecipientId& recipient,
                                           WallTime now);
// When the next one becomes due that is not due yet.
Result<std::optional<WallTime>> next_due(store::Reader& reader, WallTime now);
// Of a notice, by id; `state` empty: any; "failed": those that will not arrive.
Result<std::vector<StoredDelivery>> deliveries(store::Reader& reader, const NoticeId& notice,
                                               std::string_view state,
                                               const net::PageRequest& page);
Result<std::optional<StoredDelivery>> delivery(store::Reader& reader, std::int64_t id);
// The subscription or the contact of that id; nothing when there is none any more.
Result<std::optional<Recipient>> recipient(store::Reader& reader, const RecipientId& id);
// When the oldest delivery that may be pruned once it is old was queued.
Result<std::optional<WallTime>> oldest_ended(store::Reader& reader);
// How many mails that ask to confirm were queued since then.
Result<std::uint64_t> confirmations_since(store::Reader& reader, WallTime since);
// The id up to which deliveries that ended before then may be pruned, at most `most` of them;
// nothing when the oldest is younger.
Result<std::optional<std::int64_t>> prunable(store::Reader& reader, WallTime before,
                                             std::size_t most);
// What a channel must know to deliver it, but for the telling; of a digest all that is due to the
// recipient and not on its way already. Nothing when there is nobody to deliver it to any more.
Result<std::optional<Parcel>> parcel(store::Reader& reader, const StoredDelivery& stored,
                                     WallTime now,
                                     const std::function<bool(std::int64_t)>& on_its_way);
// How many wait, and how many of those were tried in vain already.
struct Waiting {
  std::uint64_t queued = 0, tried = 0;
  std::optional<WallTime> oldest = {};
};
Result<Waiting> waiting(store::Reader& reader);

// What no entry speaks of: a try that failed for now.
Status note_try(store::Transaction& to, std::int64_t delivery, std::string_view said);

}  // namespace nocturn::notifications::records
