#include <boost/json.hpp>

#include "base/text.h"
#include "notifications/mailbox.h"
#include "notifications/records.h"
#include "notifications/telling_json.h"
#include "store/search_pattern.h"

// What is read of subscriptions and contacts.
namespace nocturn::notifications::records {
namespace {

constexpr std::string_view kSubscriptions =
    "SELECT s.id, s.channel, s.address, s.owner, s.institution, s.shared, s.choices, "
    "s.requested_at, s.confirmed_at, s.entry, q.because FROM notifications_subscriptions AS s "
    "LEFT JOIN notifications_quarantine AS q ON q.recipient = s.id";

WallTime time_at(const store::Row& row, int column) {
  return WallTime(Micros(row.integer(column)));
}

Result<Json> json_at(const store::Row& row, int column) { return parse_json(row.text(column)); }

// A row is read inside a callback that cannot fail: the first failure is kept.
class Reading {
 public:
  template <class Value>
  Value keep(Result<Value> value) {
    if (value) return *std::move(value);
    if (status_) status_ = std::unexpected(value.error());
    return {};
  }
  const Status& status() const { return status_; }

 private:
  Status status_;
};

Subscription read_subscription(const store::Row& row, Reading& reading) {
  Subscription one{.id = SubscriptionId(std::string(row.text(0))),
                   .channel = std::string(row.text(1)),
                   .address = std::string(row.text(2)),
                   .owner = std::string(row.text(3)),
                   .institution = std::string(row.text(4)),
                   .shared = row.integer(5) != 0,
                   .choices = reading.keep(choices_from(reading.keep(json_at(row, 6)))),
                   .requested_at = time_at(row, 7),
                   .version = static_cast<std::uint64_t>(row.integer(9))};
  if (!row.is_null(8)) {
    one.confirmed_at = time_at(row, 8);
    one.state = Subscription::State::active;
  }
  if (!row.is_null(10)) {
    one.trouble = std::string(row.text(10));
    if (one.confirmed_at) one.state = Subscription::State::quarantined;
  }
  return one;
}

Result<std::vector<Subscription>> read_all(store::Reader& reader, const std::string& sql,
                                           store::Parameters parameters) {
  std::vector<Subscription> all;
  Reading reading;
  TRY_STATUS(reader.query(sql.c_str(), parameters, [&](const store::Row& row) {
    all.push_back(read_subscription(row, reading));
  }));
  TRY_STATUS(reading.status());
  return all;
}

}  // namespace

Result<std::optional<Subscription>> subscription(store::Reader& reader, const SubscriptionId& id) {
  auto found = TRY(read_all(reader, fmt::format("{} WHERE s.id = ?", kSubscriptions), {id.text()}));
  if (found.empty()) return std::nullopt;
  return std::move(found[0]);
}

Result<WallTime> confirm_until(store::Reader& reader, const SubscriptionId& id) {
  const auto until =
      TRY(reader.first("SELECT confirm_until FROM notifications_subscriptions WHERE id = ?",
                       {id.text()}, [](const store::Row& row) { return time_at(row, 0); }));
  if (!until) return fail(ErrorCode::not_found, "there is no subscription {}", id.text());
  return *until;
}

Result<std::vector<Subscription>> subscriptions_at(store::Reader& reader, std::string_view channel,
                                                   std::string_view address) {
  const std::string key = address_key(channel, address);
  return read_all(
      reader,
      fmt::format("{} WHERE s.channel = ? AND s.address_key = ? ORDER BY s.id", kSubscriptions),
      {channel, key});
}

Result<std::size_t> waiting_for(store::Reader& reader, std::string_view mailed) {
  const std::string key = mailbox_key(mailed);
  const auto count = TRY(reader.first(
      "SELECT COUNT(*) FROM notifications_subscriptions WHERE confirmed_at IS NULL AND "
      "mailed_key = ?",
      {key}, [](const store::Row& row) { return row.integer(0); }));
  return static_cast<std::size_t>(count.value_or(0));
}

Result<std::vector<Subscription>> subscriptions(store::Reader& reader, std::string_view search,
                                                std::string_view state,
                                                const net::PageRequest& page) {
  std::string_view condition = "1 = 1";
  if (state == name_of(Subscription::State::pending)) condition = "s.confirmed_at IS NULL";
  if (state == name_of(Subscription::State::active))
    condition = "s.confirmed_at IS NOT NULL AND q.because IS NULL";
  if (state == name_of(Subscription::State::quarantined))
    condition = "s.confirmed_at IS NOT NULL AND q.because IS NOT NULL";
  const std::string pattern = store::search_pattern(search);
  return read_all(reader,
                  fmt::format("{} WHERE s.id > ? AND {} AND (s.address_key LIKE ? ESCAPE '\\' OR "
                              "LOWER(s.owner || ' ' || s.institution) LIKE ? ESCAPE '\\') "
                              "ORDER BY s.id LIMIT ?",
                              kSubscriptions, condition),
                  {page.after, std::string_view(pattern), std::string_view(pattern),
                   static_cast<std::int64_t>(page.limit)});
}

Result<std::vector<SubscriptionId>> lapsed(store::Reader& reader, WallTime now) {
  std::vector<SubscriptionId> list;
  TRY_STATUS(
      reader.query("SELECT id FROM notifications_subscriptions WHERE confirmed_at IS NULL AND "
                   "confirm_until <= ? ORDER BY id",
                   {now.time_since_epoch().count()},
                   [&](const store::Row& row) { list.emplace_back(std::string(row.text(0))); }));
  return list;
}

Result<std::optional<std::string>> quarantined_because(store::Reader& reader,
                                                       const RecipientId& recipient) {
  return reader.first("SELECT because FROM notifications_quarantine WHERE recipient = ?",
                      {recipient.text()},
                      [](const store::Row& row) { return std::string(row.text(0)); });
}

Result<std::vector<Quarantined>> quarantine(store::Reader& reader, const net::PageRequest& page) {
  std::vector<Quarantined> all;
  TRY_STATUS(
      reader.query("SELECT recipient, because, since FROM notifications_quarantine "
                   "WHERE recipient > ? ORDER BY recipient LIMIT ?",
                   {page.after, static_cast<std::int64_t>(page.limit)}, [&](const store::Row& row) {
                     all.push_back({.recipient = RecipientId(std::string(row.text(0))),
                                    .because = std::string(row.text(1)),
                                    .since = time_at(row, 2)});
                   }));
  return all;
}

Result<bool> was_mailed_link_since(store::Reader& reader, const RecipientId& recipient,
                                   WallTime since) {
  const auto found = TRY(reader.first(
      "SELECT id FROM notifications_deliveries WHERE recipient = ? AND purpose = ? AND "
      "queued_at >= ? LIMIT 1",
      {recipient.text(), name_of(Delivery::Purpose::manage_link), since.time_since_epoch().count()},
      [](const store::Row& row) { return row.integer(0); }));
  return found.has_value();
}

Result<std::optional<ContactChoices>> contact_choices(store::Reader& reader,
                                                      const RecipientId& contact) {
  Reading reading;
  const auto found = TRY(reader.first(
      "SELECT topics, digest, left_at FROM notifications_contacts WHERE contact = ?",
      {contact.text()}, [&](const store::Row& row) {
        return ContactChoices{.topics = reading.keep(topics_from(reading.keep(json_at(row, 0)))),
                              .digest = row.integer(1) != 0,
                              .left = !row.is_null(2)};
      }));
  TRY_STATUS(reading.status());
  return found;
}

Result<Audience> audience(store::Reader& reader, WallTime at) {
  Audience audience;
  audience.subscriptions = TRY(read_all(
      reader, fmt::format("{} WHERE s.confirmed_at IS NOT NULL ORDER BY s.id", kSubscriptions),
      {}));
  audience.contacts = TRY(customers::listeners(reader, at));
  audience.tenants = TRY(customers::tenants(reader, at));
  Reading reading;
  TRY_STATUS(reader.query("SELECT contact, topics, digest, left_at FROM notifications_contacts", {},
                          [&](const store::Row& row) {
                            audience.choices[RecipientId(std::string(row.text(0)))] = {
                                .topics = reading.keep(topics_from(reading.keep(json_at(row, 1)))),
                                .digest = row.integer(2) != 0,
                                .left = !row.is_null(3)};
                          }));
  TRY_STATUS(reading.status());
  TRY_STATUS(reader.query(
      "SELECT recipient FROM notifications_quarantine", {},
      [&](const store::Row& row) { audience.quarantined.emplace(std::string(row.text(0))); }));
  return audience;
}

}  // namespace nocturn::notifications::records
