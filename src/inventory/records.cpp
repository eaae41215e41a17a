#include <boost/json.hpp>

#include "base/json.h"
#include "inventory/difference.h"

// The table of what is applied, and the event that brings it forward.
namespace nocturn::inventory {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "objects",
     "CREATE TABLE inventory_objects ("
     "  object TEXT PRIMARY KEY,"     // "instance/catalog-eu01"
     "  body TEXT NOT NULL,"          // canonical JSON
     "  changed_at INTEGER NOT NULL"  // microseconds since 1970 UTC
     ") STRICT"}};

Json value_of(const std::string& body) {
  if (body.empty()) return nullptr;
  Result<Json> value = parse_json(body);
  CHECK(value);
  return std::move(*value);
}

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
  // An erased payload tells nothing; the table keeps what it has.
  if (entry.event.type != kObjectChanged || entry.event.payload.empty()) return {};
  const Json payload = TRY(parse_json(entry.event.payload));
  const JsonObject* fields = payload.if_object();
  const Json* after = fields == nullptr ? nullptr : fields->if_contains("after");
  if (after == nullptr)
    return fail(ErrorCode::corrupt, "entry {} is no change of an object", entry.index);
  const std::string& object = entry.event.object;
  if (after->is_null()) {
    TRY(transaction.execute("DELETE FROM inventory_objects WHERE object = ?", {object}));
    return {};
  }
  const std::string body = TRY(canonical_json(*after));
  TRY(transaction.execute(
      "INSERT INTO inventory_objects (object, body, changed_at) VALUES (?, ?, ?) "
      "ON CONFLICT (object) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
      {object, body, std::int64_t{entry.time.time_since_epoch().count()}}));
  return {};
}

Result<std::vector<Difference>> running_differences(store::Reader& reader, const Cloud& cloud) {
  Objects applied;
  TRY_STATUS(reader.query(
      "SELECT object, body FROM inventory_objects", {},
      [&](const store::Row& row) { applied[std::string(row.text(0))] = row.text(1); }));
  return difference(applied, describe(cloud));
}

}  // namespace nocturn::inventory
