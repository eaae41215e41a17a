#include "notifications/events.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "base/text.h"
#include "ledger/payload.h"
#include "notifications/telling_json.h"

namespace nocturn::notifications::events {
namespace {

using ledger::Sensitivity;

ledger::Event internal(std::string_view type, std::string object, const JsonObject& payload) {
  return ledger::event_of(type, std::move(object), payload, Sensitivity::internal);
}

std::string object_of(const SubscriptionId& id) { return "subscription/" + id.text(); }
std::string object_of(const RecipientId& id) { return "recipient/" + id.text(); }
std::string object_of(const NoticeId& id) { return "notice/" + id.text(); }

JsonArray list_of(const std::vector<ToldRow>& rows) {
  JsonArray list;
  for (const ToldRow& row : rows) list.push_back(to_json(row));
  return list;
}

}  // namespace

ledger::Event requested(const Subscription& subscription, WallTime until) {
  return ledger::event_of(kRequested, object_of(subscription.id),
                          {{"subscription", subscription.id.text()},
                           {"channel", subscription.channel},
                           {"address", subscription.address},
                           {"owner", subscription.owner},
                           {"institution", subscription.institution},
                           {"shared", subscription.shared},
                           {"choices", to_json(subscription.choices)},
                           {"until", to_rfc3339(until)}},
                          Sensitivity::personal);
}

ledger::Event confirmed(const SubscriptionId& subscription) {
  return internal(kConfirmed, object_of(subscription), {{"subscription", subscription.text()}});
}

ledger::Event changed(const SubscriptionId& subscription, const Choices& choices,
                      std::string_view by) {
  return internal(
      kChanged, object_of(subscription),
      {{"subscription", subscription.text()}, {"choices", to_json(choices)}, {"by", by}});
}

ledger::Event ended(const SubscriptionId& subscription, std::string_view because,
                    std::string_view by) {
  return internal(kEnded, object_of(subscription),
                  {{"subscription", subscription.text()}, {"because", because}, {"by", by}});
}

ledger::Event contact_chose(const RecipientId& contact, const ContactChoices& choices) {
  return internal(kContactChose, object_of(contact),
                  {{"contact", contact.text()},
                   {"topics", to_json(choices.topics)},
                   {"digest", choices.digest},
                   {"left", choices.left}});
}

ledger::Event link_asked(const RecipientId& recipient, std::string_view channel) {
  return internal(kLinkAsked, object_of(recipient),
                  {{"recipient", recipient.text()}, {"channel", channel}});
}

ledger::Event quarantined(const RecipientId& recipient, std::string_view because) {
  return internal(kQuarantined, object_of(recipient),
                  {{"recipient", recipient.text()}, {"because", because}});
}

ledger::Event released(const RecipientId& recipient, std::string_view by) {
  return internal(kReleased, object_of(recipient), {{"recipient", recipient.text()}, {"by", by}});
}

ledger::Event notice_changed(const OpenNotice& notice, const NoticeChange& change, bool opened) {
  std::vector<ToldRow> rows;  // with the sequence they got
  for (const ToldRow& row : change.rows)
    rows.push_back(*std::ranges::lower_bound(notice.rows, row.instance, {}, &ToldRow::instance));
  return internal(kNoticeChanged, object_of(notice.id),
                  {{"notice", notice.id.text()},
                   {"topic", name_of(notice.topic)},
                   {"opened", opened},
                   {"grown_at", to_rfc3339(notice.grown_at)},
                   {"sequence", notice.sequence},
                   {"rows", list_of(rows)}});
}

ledger::Event notice_closed(const NoticeId& notice) {
  return internal(kNoticeClosed, object_of(notice), {{"notice", notice.text()}});
}

ledger::Event caught_up(const NoticeId& notice) {
  return internal(kCaughtUp, object_of(notice), {{"notice", notice.text()}});
}

ledger::Event told(const Telling& telling, std::uint64_t sequence, std::span<const Told> recipients,
                   std::string_view by) {
  JsonArray list;
  for (const Told& one : recipients)
    list.push_back(JsonArray{one.recipient.id.text(), one.recipient.channel, one.mine,
                             one.due == telling.at ? Json(nullptr) : Json(to_rfc3339(one.due))});
  return internal(kTold, object_of(telling.notice),
                  {{"telling", to_json(telling)},
                   {"sequence", sequence},
                   {"recipients", std::move(list)},
                   {"by", by}});
}

std::string mine_of(std::span<const ToldRow> rows, std::span<const std::string> instances) {
  std::string mine;
  std::size_t found = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::ranges::binary_search(instances, rows[i].instance)) continue;
    mine += fmt::format("{}{}", found++ == 0 ? "" : ",", i);
  }
  return found == rows.size() ? "*" : mine;
}

std::vector<ToldRow> rows_of(std::span<const ToldRow> rows, std::string_view mine) {
  if (mine == "*") return {rows.begin(), rows.end()};
  std::vector<ToldRow> list;
  for (const std::string_view part : split(mine, ',')) {
    std::size_t number = rows.size();
    std::from_chars(part.data(), part.data() + part.size(), number);
    if (number < rows.size()) list.push_back(rows[number]);
  }
  return list;
}

ledger::Event window_set(const KnownWindow& window) {
  return internal(kWindowSet, object_of(window.notice),
                  {{"key", window.key},
                   {"notice", window.notice.text()},
                   {"title", window.title},
                   {"from", to_rfc3339(window.window.from)},
                   {"until", to_rfc3339(window.window.until)},
                   {"instances", JsonArray(window.instances.begin(), window.instances.end())},
                   {"step", name_of(window.step)},
                   {"told_at", to_rfc3339(window.told_at)}});
}

ledger::Event window_forgotten(const KnownWindow& window) {
  return internal(kWindowForgotten, object_of(window.notice),
                  {{"key", window.key}, {"notice", window.notice.text()}});
}

ledger::Event settled(std::span<const Settled> deliveries) {
  JsonArray list;
  for (const Settled& one : deliveries)
    list.push_back(JsonArray{one.delivery, name_of(one.state), one.code});
  return internal(kSettled, "deliveries", {{"deliveries", std::move(list)}});
}

ledger::Event pruned(WallTime before, std::int64_t up_to) {
  return internal(kPruned, "deliveries", {{"before", to_rfc3339(before)}, {"up_to", up_to}});
}

}  // namespace nocturn::notifications::events
