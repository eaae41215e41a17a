#include <boost/json.hpp>

#include "ledger/payload.h"
#include "notifications/events.h"
#include "notifications/mailbox.h"
#include "notifications/notifications.h"
#include "notifications/recipients.h"
#include "notifications/telling_json.h"

// The tables, and what each event does to them.
namespace nocturn::notifications {
namespace {

using ledger::Entry;
using ledger::Payload;
using store::Transaction;

Status note_instances(Transaction& to, const Telling& telling) {
  for (const ToldRow& row : telling.rows)
    TRY_STATUS(to.post(
        "INSERT INTO notifications_told_of (instance, notice) VALUES (?, ?) ON CONFLICT DO NOTHING",
        {row.instance, telling.notice.text()}));
  return {};
}

// The step of migration 5, for tellings from before it.
Status note_told_instances(Transaction& to) {
  std::vector<std::string> texts;
  TRY_STATUS(to.query("SELECT telling FROM notifications_tellings ORDER BY entry", {},
                      [&](const store::Row& row) { texts.emplace_back(row.text(0)); }));
  for (const std::string& text : texts) {
    const Telling telling = TRY(telling_from(TRY(parse_json(text))));
    TRY_STATUS(note_instances(to, telling));
  }
  return {};
}

constexpr store::Migration kMigrations[] = {
    {1, "subscriptions",
     "CREATE TABLE notifications_subscriptions ("
     "  id TEXT PRIMARY KEY,"
     "  channel TEXT NOT NULL,"
     "  address TEXT NOT NULL,"
     "  address_key TEXT NOT NULL,"  // as addresses are compared
     "  mailed_key TEXT NOT NULL,"   // of the address that confirms it
     "  owner TEXT NOT NULL,"
     "  institution TEXT NOT NULL,"
     "  shared INTEGER NOT NULL,"
     "  choices TEXT NOT NULL,"  // JSON
     "  requested_at INTEGER NOT NULL,"
     "  confirm_until INTEGER NOT NULL,"
     "  confirmed_at INTEGER,"  // null: pending
     "  entry INTEGER NOT NULL"
     ") STRICT;"
     "CREATE INDEX notifications_subscriptions_at ON notifications_subscriptions "
     "(channel, address_key);"
     "CREATE INDEX notifications_subscriptions_waiting ON notifications_subscriptions "
     "(mailed_key) WHERE confirmed_at IS NULL;"
     "CREATE TABLE notifications_contacts ("
     "  contact TEXT PRIMARY KEY,"
     "  topics TEXT NOT NULL,"  // JSON
     "  digest INTEGER NOT NULL,"
     "  left_at INTEGER"
     ") STRICT;"
     "CREATE TABLE notifications_quarantine ("
     "  recipient TEXT PRIMARY KEY,"
     "  because TEXT NOT NULL,"
     "  since INTEGER NOT NULL"
     ") STRICT"},
    {2, "notices",
     "CREATE TABLE notifications_notices ("
     "  id TEXT PRIMARY KEY,"
     "  topic TEXT NOT NULL,"
     "  opened_at INTEGER NOT NULL,"
     "  grown_at INTEGER NOT NULL,"
     "  sequence INTEGER NOT NULL,"
     "  tellings INTEGER NOT NULL,"
     "  closed_at INTEGER"
     ") STRICT;"
     "CREATE INDEX notifications_notices_open ON notifications_notices (topic, id) "
     "WHERE closed_at IS NULL;"
     "CREATE TABLE notifications_rows ("
     "  notice TEXT NOT NULL,"
     "  instance TEXT NOT NULL,"
     "  told TEXT NOT NULL,"  // JSON
     "  PRIMARY KEY (notice, instance)"
     ") STRICT;"
     "CREATE TABLE notifications_tellings ("
     "  notice TEXT NOT NULL,"
     "  number INTEGER NOT NULL,"
     "  telling TEXT NOT NULL,"  // JSON
     "  recipients INTEGER NOT NULL,"
     "  entry INTEGER NOT NULL,"
     "  PRIMARY KEY (notice, number)"
     ") STRICT;"
     "CREATE TABLE notifications_windows ("
     "  name TEXT PRIMARY KEY,"
     "  notice TEXT NOT NULL,"
     "  title TEXT NOT NULL,"
     "  from_time INTEGER NOT NULL,"
     "  until_time INTEGER NOT NULL,"
     "  instances TEXT NOT NULL,"  // JSON
     "  step TEXT NOT NULL,"
     "  told_at INTEGER NOT NULL"
     ") STRICT"},
    {3, "deliveries",
     "CREATE TABLE notifications_deliveries ("
     "  id INTEGER PRIMARY KEY,"
     "  purpose TEXT NOT NULL,"
     "  notice TEXT NOT NULL,"  // empty unless the purpose is a telling
     "  number INTEGER NOT NULL,"
     "  sequence INTEGER NOT NULL,"  // what of the notice is heard with it; -1: nothing
     "  recipient TEXT NOT NULL,"
     "  channel TEXT NOT NULL,"
     "  mine TEXT NOT NULL,"
     "  queued_at INTEGER NOT NULL,"
     "  due INTEGER NOT NULL,"
     "  state TEXT NOT NULL,"
     "  settled_at INTEGER,"
     "  code TEXT NOT NULL"
     ") STRICT;"
     "CREATE INDEX notifications_deliveries_queued ON notifications_deliveries (id) "
     "WHERE state = 'queued';"
     "CREATE INDEX notifications_deliveries_of ON notifications_deliveries (notice, recipient);"
     "CREATE INDEX notifications_deliveries_to ON notifications_deliveries (recipient, id);"
     // What no entry speaks of: how often a delivery was tried in vain, and what was said then.
     "CREATE TABLE notifications_tries ("
     "  delivery INTEGER PRIMARY KEY,"
     "  tries INTEGER NOT NULL,"
     "  said TEXT NOT NULL"
     ") STRICT"},
    // Who heard of a notice, and was in quarantine when it ended.
    {4, "missed ends",
     "CREATE TABLE notifications_missed ("
     "  recipient TEXT NOT NULL,"
     "  notice TEXT NOT NULL,"
     "  PRIMARY KEY (recipient, notice)"
     ") STRICT"},
    // The notices that ever told of an instance.
    {5, "told of",
     "CREATE TABLE notifications_told_of ("
     "  instance TEXT NOT NULL,"
     "  notice TEXT NOT NULL,"
     "  PRIMARY KEY (instance, notice)"
     ") STRICT",
     note_told_instances}};

std::int64_t index_of(const Entry& entry) { return static_cast<std::int64_t>(entry.index); }
std::int64_t time_of(const Entry& entry) { return entry.time.time_since_epoch().count(); }
std::int64_t column(WallTime time) { return time.time_since_epoch().count(); }

// Deliveries of one entry are numbered within it.
std::int64_t delivery_id(const Entry& entry, std::size_t number) {
  static_assert(events::kMostTold < 8192);
  return index_of(entry) * 8192 + static_cast<std::int64_t>(number);
}

struct NewDelivery {
  Delivery::Purpose purpose = Delivery::Purpose::telling;
  std::string_view notice = {};
  std::int64_t number = 0, sequence = 0;
  std::string_view recipient = {}, channel = {}, mine = {};
  std::int64_t due = 0;
};

Status queue(Transaction& to, const Entry& entry, std::size_t place, const NewDelivery& delivery) {
  return to.post(
      "INSERT INTO notifications_deliveries (id, purpose, notice, number, sequence, recipient, "
      "channel, mine, queued_at, due, state, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', "
      "'')",
      {delivery_id(entry, place), name_of(delivery.purpose), delivery.notice, delivery.number,
       delivery.sequence, delivery.recipient, delivery.channel, delivery.mine, time_of(entry),
       delivery.due});
}

Status request(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("subscription")), channel = TRY(payload.text("channel")),
                    address = TRY(payload.text("address")), owner = TRY(payload.text("owner")),
                    institution = TRY(payload.text("institution")),
                    key = address_key(channel, address),
                    mailed = mailbox_key(channel == kEmail ? address : owner),
                    choices = TRY(canonical_json(*TRY(payload.value("choices"))));
  const bool shared = TRY(payload.flag("shared"));
  const std::int64_t until = TRY(payload.time("until"));
  TRY_STATUS(to.post(
      "INSERT INTO notifications_subscriptions (id, channel, address, address_key, mailed_key, "
      "owner, "
      "institution, shared, choices, requested_at, confirm_until, entry) VALUES (?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?)",
      {id, channel, address, key, mailed, owner, institution, std::int64_t{shared}, choices,
       time_of(entry), until, index_of(entry)}));
  // Whoever answers for the address confirms it by mail, whatever the channel.
  return queue(to, entry, 0,
               {.purpose = Delivery::Purpose::confirmation,
                .recipient = id,
                .channel = kEmail,
                .due = time_of(entry)});
}

Status confirm(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("subscription"));
  return to.post("UPDATE notifications_subscriptions SET confirmed_at = ?, entry = ? WHERE id = ?",
                 {time_of(entry), index_of(entry), id});
}

Status change(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("subscription")),
                    choices = TRY(canonical_json(*TRY(payload.value("choices"))));
  return to.post("UPDATE notifications_subscriptions SET choices = ?, entry = ? WHERE id = ?",
                 {choices, index_of(entry), id});
}

// What still waits for somebody who left is not sent.
Status withdraw(Transaction& to, const Entry& entry, const std::string& recipient) {
  return to.post(
      "UPDATE notifications_deliveries SET state = 'withdrawn', settled_at = ? WHERE recipient = ? "
      "AND state = 'queued'",
      {time_of(entry), recipient});
}

// What did not reach them was not heard, as far as it still goes on: they are told how it stands.
Status release(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("recipient"));
  TRY_STATUS(
      to.post("UPDATE notifications_deliveries SET sequence = -1 WHERE recipient = ? AND purpose = "
              "'telling' AND state IN ('refused', 'given_up', 'bounced') AND notice IN (SELECT id "
              "FROM notifications_notices WHERE closed_at IS NULL)",
              {id}));
  return to.post("DELETE FROM notifications_quarantine WHERE recipient = ?", {id});
}

Status end(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("subscription"));
  TRY_STATUS(to.post("DELETE FROM notifications_subscriptions WHERE id = ?", {id}));
  TRY_STATUS(to.post("DELETE FROM notifications_quarantine WHERE recipient = ?", {id}));
  TRY_STATUS(to.post("DELETE FROM notifications_missed WHERE recipient = ?", {id}));
  // As if it had never been: the entry that asked for it is erased.
  TRY_STATUS(to.post("DELETE FROM notifications_deliveries WHERE recipient = ? AND purpose = ?",
                     {id, name_of(Delivery::Purpose::confirmation)}));
  return withdraw(to, entry, id);
}

Status choose(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("contact")),
                    topics = TRY(canonical_json(*TRY(payload.value("topics"))));
  const bool digest = TRY(payload.flag("digest")), left = TRY(payload.flag("left"));
  store::Parameter left_at = std::monostate{};
  if (left) left_at = time_of(entry);
  TRY_STATUS(to.post(
      "INSERT INTO notifications_contacts (contact, topics, digest, left_at) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (contact) DO UPDATE SET topics = excluded.topics, digest = excluded.digest, "
      "left_at = excluded.left_at",
      {id, topics, std::int64_t{digest}, left_at}));
  return left ? withdraw(to, entry, id) : Status{};
}

Status ask_link(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("recipient")), channel = TRY(payload.text("channel"));
  return queue(to, entry, 0,
               {.purpose = Delivery::Purpose::manage_link,
                .recipient = id,
                .channel = channel,
                .due = time_of(entry)});
}

Status quarantine(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("recipient")), because = TRY(payload.text("because"));
  TRY_STATUS(
      to.post("INSERT INTO notifications_quarantine (recipient, because, since) VALUES "
              "(?, ?, ?) ON CONFLICT (recipient) DO NOTHING",
              {id, because, time_of(entry)}));
  return withdraw(to, entry, id);
}

Status put_rows(Transaction& to, const std::string& notice, const JsonArray& rows) {
  for (const Json& json : rows) {
    const ToldRow row = TRY(row_from(json));
    const std::string told = TRY(canonical_json(json));
    TRY_STATUS(
        to.post("INSERT INTO notifications_rows (notice, instance, told) VALUES (?, ?, ?) "
                "ON CONFLICT (notice, instance) DO UPDATE SET told = excluded.told",
                {notice, row.instance, told}));
  }
  return {};
}

Status change_notice(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("notice")), topic = TRY(payload.text("topic"));
  const std::int64_t grown_at = TRY(payload.time("grown_at")),
                     sequence = TRY(payload.integer("sequence"));
  TRY_STATUS(to.post(
      "INSERT INTO notifications_notices (id, topic, opened_at, grown_at, sequence, tellings) "
      "VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET grown_at = excluded.grown_at, "
      "sequence = excluded.sequence",
      {id, topic, time_of(entry), grown_at, sequence}));
  return put_rows(to, id, *TRY(payload.list("rows")));
}

Status close_notice(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("notice"));
  TRY_STATUS(to.post("DELETE FROM notifications_rows WHERE notice = ?", {id}));
  TRY_STATUS(to.post(
      "INSERT INTO notifications_missed (recipient, notice) SELECT DISTINCT recipient, notice FROM "
      "notifications_deliveries WHERE notice = ? AND purpose = 'telling' AND state = 'sent' AND "
      "recipient IN (SELECT recipient FROM notifications_quarantine)",
      {id}));
  return to.post("UPDATE notifications_notices SET closed_at = ? WHERE id = ?",
                 {time_of(entry), id});
}

Status catch_up(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("notice"));
  return to.post(
      "DELETE FROM notifications_missed WHERE notice = ? AND recipient NOT IN (SELECT recipient "
      "FROM notifications_quarantine)",
      {id});
}

Result<std::string> text_at(const JsonArray& list, std::size_t place) {
  if (place >= list.size() || !list[place].is_string())
    return fail(ErrorCode::corrupt, "a recipient lacks a text");
  return std::string(list[place].get_string());
}

Status queue_tellings(Transaction& to, const Entry& entry, const Telling& telling,
                      std::int64_t sequence, const JsonArray& recipients) {
  for (std::size_t place = 0; place < recipients.size(); ++place) {
    if (!recipients[place].is_array()) return fail(ErrorCode::corrupt, "a recipient is no list");
    const JsonArray& one = recipients[place].get_array();
    const std::string id = TRY(text_at(one, 0)), channel = TRY(text_at(one, 1)),
                      mine = TRY(text_at(one, 2));
    std::int64_t due = time_of(entry);
    if (one.size() > 3 && one[3].is_string())
      due = column(TRY(from_rfc3339(std::string_view(one[3].get_string()))));
    TRY_STATUS(queue(to, entry, place,
                     {.notice = telling.notice.text(),
                      .number = static_cast<std::int64_t>(telling.number),
                      .sequence = sequence,
                      .recipient = id,
                      .channel = channel,
                      .mine = mine,
                      .due = due}));
  }
  return {};
}

// A telling to more recipients than an event holds comes in several, with a number each.
Status tell(Transaction& to, const Entry& entry, const Payload& payload) {
  const Json& json = *TRY(payload.value("telling"));
  const Telling telling = TRY(telling_from(json));
  const std::string text = TRY(canonical_json(json));
  const std::int64_t sequence = TRY(payload.integer("sequence")),
                     number = static_cast<std::int64_t>(telling.number);
  const JsonArray& recipients = *TRY(payload.list("recipients"));
  const std::string& notice = telling.notice.text();
  TRY_STATUS(to.post(
      "INSERT INTO notifications_tellings (notice, number, telling, recipients, entry) "
      "VALUES (?, ?, ?, ?, ?)",
      {notice, number, text, static_cast<std::int64_t>(recipients.size()), index_of(entry)}));
  TRY_STATUS(note_instances(to, telling));
  // An operator's note and a maintenance open a notice by their first telling.
  TRY_STATUS(to.post(
      "INSERT INTO notifications_notices (id, topic, opened_at, grown_at, sequence, tellings, "
      "closed_at) VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "tellings = excluded.tellings",
      {notice, name_of(telling.topic), time_of(entry), time_of(entry), number, time_of(entry)}));
  return queue_tellings(to, entry, telling, sequence, recipients);
}

Status set_window(Transaction& to, const Entry&, const Payload& payload) {
  const std::string key = TRY(payload.text("key")), notice = TRY(payload.text("notice")),
                    title = TRY(payload.text("title")),
                    instances = TRY(canonical_json(*TRY(payload.value("instances")))),
                    step = TRY(payload.text("step"));
  const std::int64_t from = TRY(payload.time("from")), until = TRY(payload.time("until")),
                     told_at = TRY(payload.time("told_at"));
  return to.post(
      "INSERT INTO notifications_windows (name, notice, title, from_time, until_time, instances, "
      "step, told_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
      "notice = excluded.notice, title = excluded.title, from_time = excluded.from_time, "
      "until_time = excluded.until_time, instances = excluded.instances, step = excluded.step, "
      "told_at = excluded.told_at",
      {key, notice, title, from, until, instances, step, told_at});
}

Status forget_window(Transaction& to, const Entry&, const Payload& payload) {
  const std::string key = TRY(payload.text("key"));
  return to.post("DELETE FROM notifications_windows WHERE name = ?", {key});
}

Status settle(Transaction& to, const Entry& entry, const Payload& payload) {
  for (const Json& json : *TRY(payload.list("deliveries"))) {
    if (!json.is_array() || json.get_array().size() != 3 || !json.get_array()[0].is_int64())
      return fail(ErrorCode::corrupt, "a delivery is not id, state and code");
    const JsonArray& one = json.get_array();
    const std::string state = TRY(text_at(one, 1)), code = TRY(text_at(one, 2));
    TRY_STATUS(to.post(
        "UPDATE notifications_deliveries SET state = ?, settled_at = ?, code = ? WHERE id = ? AND "
        "(state = 'queued' OR ? = 'bounced')",
        {state, time_of(entry), code, one[0].get_int64(), state}));
    TRY_STATUS(to.post("DELETE FROM notifications_tries WHERE delivery = ?", {one[0].get_int64()}));
  }
  return {};
}

Status prune(Transaction& to, const Entry&, const Payload& payload) {
  const std::int64_t before = TRY(payload.time("before")), up_to = TRY(payload.integer("up_to"));
  TRY_STATUS(to.post(
      "DELETE FROM notifications_missed WHERE notice IN (SELECT id FROM notifications_notices "
      "WHERE closed_at < ?)",
      {before}));
  return to.post(
      "DELETE FROM notifications_deliveries WHERE id <= ? AND state <> 'queued' AND "
      "settled_at < ? AND notice NOT IN (SELECT id FROM notifications_notices WHERE closed_at IS "
      "NULL)",
      {up_to, before});
}

struct Effect {
  std::string_view type;
  Status (*apply)(Transaction&, const Entry&, const Payload&);
};
constexpr Effect kEffects[] = {
    {events::kRequested, request},
    {events::kConfirmed, confirm},
    {events::kChanged, change},
    {events::kEnded, end},
    {events::kContactChose, choose},
    {events::kLinkAsked, ask_link},
    {events::kQuarantined, quarantine},
    {events::kReleased, release},
    {events::kNoticeChanged, change_notice},
    {events::kNoticeClosed, close_notice},
    {events::kCaughtUp, catch_up},
    {events::kTold, tell},
    {events::kWindowSet, set_window},
    {events::kWindowForgotten, forget_window},
    {events::kSettled, settle},
    {events::kPruned, prune},
};

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

Status apply(Transaction& transaction, const Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased: the subscription that it told of ended
  for (const Effect& effect : kEffects) {
    if (effect.type != entry.event.type) continue;
    const Payload payload = TRY(Payload::of(entry));
    return effect.apply(transaction, entry, payload);
  }
  return {};
}

}  // namespace nocturn::notifications
