#include <limits>
#include <map>
#include <optional>

#include <boost/json.hpp>

#include "base/json.h"
#include "inventory/difference.h"
#include "ledger/finding.h"

// The table of what is applied, and the event that brings it forward.
namespace nocturn::inventory {
namespace {

Json value_of(const std::string& body) {
  if (body.empty()) return nullptr;
  Result<Json> value = parse_json(body);
  CHECK(value);
  return std::move(*value);
}

// What the entry says of its object; null where that is gone. An erased payload tells nothing.
Result<std::optional<Json>> after_of(const ledger::Entry& entry) {
  if (entry.event.type != kObjectChanged || entry.event.payload.empty()) return std::nullopt;
  Json payload = TRY(parse_json(entry.event.payload));
  JsonObject* fields = payload.if_object();
  Json* after = fields == nullptr ? nullptr : fields->if_contains("after");
  if (after == nullptr)
    return fail(ErrorCode::corrupt, "entry {} is no change of an object", entry.index);
  return std::move(*after);
}

std::int64_t micros(WallTime time) { return time.time_since_epoch().count(); }

// Tables of before did not say since when an object has been there: the ledger does.
Status tell_beginnings(store::Transaction& transaction) {
  const auto any = TRY(transaction.first("SELECT 1 FROM inventory_objects LIMIT 1", {},
                                         [](const store::Row&) { return true; }));
  if (!any) return {};
  std::map<std::string, std::int64_t> added;
  const ledger::EntryQuery changes{.from = 0,
                                   .type = std::string(kObjectChanged),
                                   .limit = std::numeric_limits<std::uint64_t>::max()};
  TRY_STATUS(ledger::records::find(transaction, changes, [&](const ledger::Entry& entry) -> Status {
    const std::optional<Json> after = TRY(after_of(entry));
    if (after && after->is_null())
      added.erase(entry.event.object);
    else if (after)
      added.emplace(entry.event.object, micros(entry.time));
    return {};
  }));
  for (const auto& [object, time] : added)
    TRY_STATUS(transaction.execute("UPDATE inventory_objects SET added_at = ? WHERE object = ?",
                                   {time, std::string_view(object)}));
  return {};
}

constexpr store::Migration kMigrations[] = {
    {1, "objects",
     "CREATE TABLE inventory_objects ("
     "  object TEXT PRIMARY KEY,"     // "instance/catalog-eu01"
     "  body TEXT NOT NULL,"          // canonical JSON
     "  changed_at INTEGER NOT NULL"  // microseconds since 1970 UTC
     ") STRICT"},
    {2, "beginnings",
     "ALTER TABLE inventory_objects ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0",
     tell_beginnings}};

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

ledger::Event to_event(const Difference& difference) {
  Result<std::string> payload = canonical_json(JsonObject{{"kind", name_of(difference.kind)},
                                                          {"object", difference.object},
                                                          {"before", value_of(difference.before)},
                                                          {"after", value_of(difference.after)}});
  CHECK(payload);
  return {std::string(kObjectChanged), difference.object, std::move(*payload)};
}

Status apply(store::Transaction& transaction, const ledger::Entry& entry) {
  const std::optional<Json> after = TRY(after_of(entry));
  if (!after) return {};
  const std::string& object = entry.event.object;
  if (after->is_null()) {
    TRY(transaction.execute("DELETE FROM inventory_objects WHERE object = ?", {object}));
    return {};
  }
  const std::string body = TRY(canonical_json(*after));
  TRY(transaction.execute(
      "INSERT INTO inventory_objects (object, body, changed_at, added_at) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (object) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
      {object, body, micros(entry.time), micros(entry.time)}));
  return {};
}

Result<std::vector<Difference>> running_differences(store::Reader& reader, const Cloud& cloud) {
  Objects applied;
  TRY_STATUS(reader.query(
      "SELECT object, body FROM inventory_objects", {},
      [&](const store::Row& row) { applied[std::string(row.text(0))] = row.text(1); }));
  return difference(applied, describe(cloud));
}

Result<Beginnings> beginnings(store::Reader& reader) {
  Beginnings found;
  const auto read = [&](std::string_view from, std::string_view until) {
    return reader.query(
        "SELECT object, added_at FROM inventory_objects WHERE object >= ? AND object < ?",
        {from, until}, [&](const store::Row& row) {
          found.emplace(row.text(0), WallTime(Micros(row.integer(1))));
        });
  };
  TRY_STATUS(read("instance/", "instance0"));  // '0' follows '/'
  TRY_STATUS(read("maintenance/", "maintenance0"));
  return found;
}

}  // namespace nocturn::inventory
