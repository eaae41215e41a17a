#include <boost/json.hpp>

#include "notifications/records.h"
#include "notifications/telling_json.h"

// What is read of notices, their tellings and deliveries.
namespace nocturn::notifications::records {
namespace {

constexpr std::string_view kDeliveries =
    "SELECT d.id, d.purpose, d.notice, d.number, d.recipient, d.channel, d.queued_at, d.due, "
    "d.state, d.settled_at, d.code, d.sequence, d.mine, t.tries, t.said "
    "FROM notifications_deliveries AS d LEFT JOIN notifications_tries AS t ON t.delivery = d.id";

// Deliveries that may be pruned once they are old.
constexpr std::string_view kEnded =
    "FROM notifications_deliveries WHERE state <> 'queued' AND notice NOT IN (SELECT id FROM "
    "notifications_notices WHERE closed_at IS NULL) ";

WallTime time_at(const store::Row& row, int column) {
  return WallTime(Micros(row.integer(column)));
}
std::uint64_t number_at(const store::Row& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}
std::string text_at(const store::Row& row, int column) { return std::string(row.text(column)); }

// The enumerator of that name; the tables hold no others.
template <class Enum>
Enum named(std::string_view name, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  return last;
}

StoredDelivery read_delivery(const store::Row& row) {
  StoredDelivery one;
  one.delivery = {.id = row.integer(0),
                  .purpose = named(row.text(1), Delivery::Purpose::manage_link),
                  .notice = NoticeId(text_at(row, 2)),
                  .number = number_at(row, 3),
                  .recipient = RecipientId(text_at(row, 4)),
                  .channel = text_at(row, 5),
                  .queued_at = time_at(row, 6),
                  .due = time_at(row, 7),
                  .state = named(row.text(8), Delivery::State::bounced),
                  .said = text_at(row, 10)};
  if (!row.is_null(9)) one.delivery.settled_at = time_at(row, 9);
  one.sequence = number_at(row, 11);
  one.mine = text_at(row, 12);
  if (!row.is_null(13)) {
    one.tries = row.integer(13);
    one.delivery.said = text_at(row, 14);
  }
  return one;
}

Result<std::vector<StoredDelivery>> read_deliveries(store::Reader& reader, const std::string& sql,
                                                    store::Parameters parameters) {
  std::vector<StoredDelivery> all;
  TRY_STATUS(reader.query(sql.c_str(), parameters,
                          [&](const store::Row& row) { all.push_back(read_delivery(row)); }));
  return all;
}

// JSON of a column, read into a value later, where a failure can be told.
template <class Value>
Result<std::vector<Value>> read_each(const std::vector<std::string>& texts,
                                     Result<Value> (*read)(const Json&)) {
  std::vector<Value> all;
  for (const std::string& text : texts) {
    const Json json = TRY(parse_json(text));
    all.push_back(TRY(read(json)));
  }
  return all;
}

NoticeSummary read_summary(const store::Row& row) {
  NoticeSummary one{.id = NoticeId(text_at(row, 0)),
                    .topic = named(row.text(1), Topic::analysis),
                    .opened_at = time_at(row, 2),
                    .tellings = number_at(row, 4)};
  if (!row.is_null(3)) one.closed_at = time_at(row, 3);
  return one;
}

Status count_deliveries(store::Reader& reader, NoticeSummary& notice) {
  return reader.query(
      "SELECT state, COUNT(*) FROM notifications_deliveries WHERE notice = ? GROUP BY state",
      {notice.id.text()}, [&](const store::Row& row) {
        notice.deliveries[named(row.text(0), Delivery::State::bounced)] = number_at(row, 1);
      });
}

}  // namespace

Result<std::vector<OpenNotice>> open_notices(store::Reader& reader, Topic topic) {
  std::vector<OpenNotice> open;
  TRY_STATUS(reader.query(
      "SELECT id, grown_at, sequence, tellings FROM notifications_notices WHERE topic = ? AND "
      "closed_at IS NULL ORDER BY id",
      {name_of(topic)}, [&](const store::Row& row) {
        open.push_back({.id = NoticeId(text_at(row, 0)),
                        .topic = topic,
                        .grown_at = time_at(row, 1),
                        .sequence = number_at(row, 2),
                        .tellings = number_at(row, 3)});
      }));
  for (OpenNotice& notice : open) notice.rows = TRY(rows(reader, notice.id));
  return open;
}

Result<std::vector<ToldRow>> rows(store::Reader& reader, const NoticeId& notice) {
  std::vector<std::string> texts;
  TRY_STATUS(reader.query("SELECT told FROM notifications_rows WHERE notice = ? ORDER BY instance",
                          {notice.text()},
                          [&](const store::Row& row) { texts.push_back(text_at(row, 0)); }));
  return read_each(texts, row_from);
}

Result<std::map<RecipientId, Heard>> heard(store::Reader& reader, const NoticeId& notice) {
  std::map<RecipientId, Heard> all;
  // When: that of the last one, not the latest time, which may be of before the clock was set back.
  TRY_STATUS(reader.query(
      "SELECT d.recipient, h.sequence, d.queued_at FROM (SELECT MAX(id) AS id, MAX(sequence) AS "
      "sequence FROM notifications_deliveries WHERE notice = ? AND state <> 'withdrawn' AND "
      "sequence >= 0 GROUP BY recipient) AS h JOIN notifications_deliveries AS d ON d.id = h.id",
      {notice.text()}, [&](const store::Row& row) {
        all[RecipientId(text_at(row, 0))] = {.sequence = number_at(row, 1), .at = time_at(row, 2)};
      }));
  return all;
}

Result<std::optional<Telling>> telling(store::Reader& reader, const NoticeId& notice,
                                       std::uint64_t number) {
  const auto text =
      TRY(reader.first("SELECT telling FROM notifications_tellings WHERE notice = ? AND number = ?",
                       {notice.text(), static_cast<std::int64_t>(number)},
                       [](const store::Row& row) { return text_at(row, 0); }));
  if (!text) return std::nullopt;
  const Json json = TRY(parse_json(*text));
  return TRY(telling_from(json));
}

Result<std::vector<events::KnownWindow>> windows(store::Reader& reader) {
  std::vector<events::KnownWindow> all;
  std::vector<std::string> instances;
  TRY_STATUS(
      reader.query("SELECT name, notice, title, from_time, until_time, instances, step, told_at "
                   "FROM notifications_windows ORDER BY name",
                   {}, [&](const store::Row& row) {
                     all.push_back({.key = text_at(row, 0),
                                    .notice = NoticeId(text_at(row, 1)),
                                    .title = text_at(row, 2),
                                    .window = {time_at(row, 3), time_at(row, 4)},
                                    .step = named(row.text(6), Step::ended),
                                    .told_at = time_at(row, 7)});
                     instances.push_back(text_at(row, 5));
                   }));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Json json = TRY(parse_json(instances[i]));
    for (const Json& one : json.as_array()) all[i].instances.emplace_back(one.as_string());
  }
  return all;
}

Result<std::vector<NoticeSummary>> notices(store::Reader& reader, const NoticeFilter& filter,
                                           const net::PageRequest& page) {
  std::string_view condition = "1 = 1";
  if (filter.state == "open") condition = "closed_at IS NULL";
  if (filter.state == "over") condition = "closed_at IS NOT NULL";
  std::vector<NoticeSummary> all;
  TRY_STATUS(reader.query(
      fmt::format(
          "SELECT id, topic, opened_at, closed_at, tellings FROM notifications_notices "
          "WHERE (? = '' OR id < ?) AND (? = '' OR EXISTS (SELECT 1 FROM "
          "notifications_rows WHERE notice = id AND instance = ?) OR id IN (SELECT notice FROM "
          "notifications_told_of WHERE instance = ?)) AND "
          "{} ORDER BY id DESC LIMIT ?",
          condition)
          .c_str(),
      {page.after, page.after, filter.instance, filter.instance, filter.instance,
       static_cast<std::int64_t>(page.limit)},
      [&](const store::Row& row) { all.push_back(read_summary(row)); }));
  for (NoticeSummary& one : all) TRY_STATUS(count_deliveries(reader, one));
  return all;
}

Result<std::optional<NoticeSummary>> notice(store::Reader& reader, const NoticeId& id) {
  auto found = TRY(reader.first(
      "SELECT id, topic, opened_at, closed_at, tellings FROM notifications_notices WHERE id = ?",
      {id.text()}, read_summary));
  if (found) TRY_STATUS(count_deliveries(reader, *found));
  return found;
}

Result<std::map<NoticeId, std::set<RecipientId>>> missed(store::Reader& reader) {
  std::map<NoticeId, std::set<RecipientId>> all;
  TRY_STATUS(reader.query(
      "SELECT notice, recipient FROM notifications_missed WHERE recipient NOT IN (SELECT recipient "
      "FROM notifications_quarantine)",
      {}, [&](const store::Row& row) {
        all[NoticeId(text_at(row, 0))].insert(RecipientId(text_at(row, 1)));
      }));
  return all;
}

Result<std::vector<StoredTelling>> tellings(store::Reader& reader, const NoticeId& notice) {
  std::vector<std::string> texts;
  std::vector<StoredTelling> all;
  TRY_STATUS(reader.query(
      "SELECT telling, recipients, entry FROM notifications_tellings WHERE notice = ? "
      "ORDER BY number",
      {notice.text()}, [&](const store::Row& row) {
        texts.push_back(text_at(row, 0));
        all.push_back({.telling = {}, .recipients = number_at(row, 1), .entry = number_at(row, 2)});
      }));
  std::vector<Telling> told = TRY(read_each(texts, telling_from));
  for (std::size_t i = 0; i < all.size(); ++i) all[i].telling = std::move(told[i]);
  return all;
}

Result<std::vector<StoredDelivery>> due(store::Reader& reader, std::string_view channel,
                                        WallTime now, std::int64_t after, std::size_t limit) {
  return read_deliveries(
      reader,
      fmt::format("{} WHERE d.state = 'queued' AND d.channel = ? AND (d.due <= ? OR d.due = "
                  "d.queued_at) AND d.id > ? ORDER BY d.id LIMIT ?",
                  kDeliveries),
      {channel, now.time_since_epoch().count(), after, static_cast<std::int64_t>(limit)});
}

Result<std::vector<StoredDelivery>> due_to(store::Reader& reader, const RecipientId& recipient,
                                           WallTime now) {
  return read_deliveries(
      reader,
      fmt::format("{} WHERE d.recipient = ? AND d.state = 'queued' AND d.purpose = 'telling' AND "
                  "(d.due <= ? OR d.due = d.queued_at) ORDER BY d.id",
                  kDeliveries),
      {recipient.text(), now.time_since_epoch().count()});
}

Result<std::optional<WallTime>> next_due(store::Reader& reader, WallTime now) {
  return reader.first(
      "SELECT due FROM notifications_deliveries WHERE state = 'queued' AND due > ? AND "
      "due <> queued_at ORDER BY due LIMIT 1",
      {now.time_since_epoch().count()}, [](const store::Row& row) { return time_at(row, 0); });
}

Result<std::vector<StoredDelivery>> deliveries(store::Reader& reader, const NoticeId& notice,
                                               std::string_view state,
                                               const net::PageRequest& page) {
  const std::int64_t after =
      page.after.empty() ? -1 : std::strtoll(page.after.c_str(), nullptr, 10);
  const std::string_view failed =
      state == "failed" ? "d.state IN ('refused', 'given_up', 'bounced')" : "1 = 0";
  return read_deliveries(
      reader,
      fmt::format("{} WHERE d.notice = ? AND d.id > ? AND (? = '' OR d.state = ? OR {}) "
                  "ORDER BY d.id LIMIT ?",
                  kDeliveries, failed),
      {notice.text(), after, state, state, static_cast<std::int64_t>(page.limit)});
}

Result<std::optional<StoredDelivery>> delivery(store::Reader& reader, std::int64_t id) {
  auto found = TRY(read_deliveries(reader, fmt::format("{} WHERE d.id = ?", kDeliveries), {id}));
  if (found.empty()) return std::nullopt;
  return std::move(found[0]);
}

Result<std::optional<WallTime>> oldest_ended(store::Reader& reader) {
  return reader.first(fmt::format("SELECT queued_at {} ORDER BY id LIMIT 1", kEnded).c_str(), {},
                      [](const store::Row& row) { return time_at(row, 0); });
}

Result<std::uint64_t> confirmations_since(store::Reader& reader, WallTime since) {
  // Those of no notice are few, and found by index.
  const auto count = TRY(reader.first(
      "SELECT COUNT(*) FROM notifications_deliveries WHERE notice = '' AND purpose = ? AND "
      "queued_at >= ?",
      {name_of(Delivery::Purpose::confirmation), since.time_since_epoch().count()},
      [](const store::Row& row) { return row.integer(0); }));
  return static_cast<std::uint64_t>(count.value_or(0));
}

Result<std::optional<std::int64_t>> prunable(store::Reader& reader, WallTime before,
                                             std::size_t most) {
  const std::int64_t time = before.time_since_epoch().count();
  // Ids rise with time: when the first is young, all are, and nothing is looked through.
  const auto oldest = TRY(oldest_ended(reader));
  if (!oldest || *oldest >= before) return std::nullopt;
  std::optional<std::int64_t> last;
  TRY_STATUS(reader.query(
      fmt::format("SELECT id {} AND settled_at < ? ORDER BY id LIMIT ?", kEnded).c_str(),
      {time, static_cast<std::int64_t>(most)},
      [&](const store::Row& row) { last = row.integer(0); }));
  return last;
}

Result<Waiting> waiting(store::Reader& reader) {
  Waiting all;
  TRY_STATUS(reader.query(
      "SELECT COUNT(*), COUNT(t.delivery), MIN(d.due) FROM notifications_deliveries AS d "
      "LEFT JOIN notifications_tries AS t ON t.delivery = d.id WHERE d.state = 'queued'",
      {}, [&](const store::Row& row) {
        all.queued = number_at(row, 0);
        all.tried = number_at(row, 1);
        if (!row.is_null(2)) all.oldest = time_at(row, 2);
      }));
  return all;
}

Status note_try(store::Transaction& to, std::int64_t delivery, std::string_view said) {
  return to.post(
      "INSERT INTO notifications_tries (delivery, tries, said) VALUES (?, 1, ?) "
      "ON CONFLICT (delivery) DO UPDATE SET tries = notifications_tries.tries + 1, "
      "said = excluded.said",
      {delivery, said});
}

}  // namespace nocturn::notifications::records
