#include "customers/customers.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "customers/events.h"
#include "ledger/payload.h"

// The tables, and what each event does to them.
namespace nocturn::customers {
namespace {

using ledger::Entry;
using ledger::Payload;
using store::Transaction;

constexpr store::Migration kMigrations[] = {
    {1, "customers",
     "CREATE TABLE customers_institutions ("
     "  id TEXT PRIMARY KEY,"
     "  name TEXT NOT NULL,"
     "  territory TEXT NOT NULL,"
     "  time_zone TEXT NOT NULL,"
     "  language TEXT NOT NULL,"
     "  aliases TEXT NOT NULL,"   // one a line, each line ended
     "  known_as TEXT NOT NULL,"  // id, name and aliases in lower case, to be searched
     "  removed_at INTEGER,"
     "  entry INTEGER NOT NULL"  // that changed it last
     ") STRICT;"
     "CREATE TABLE customers_contacts ("
     "  id TEXT PRIMARY KEY,"
     "  institution TEXT NOT NULL,"
     "  name TEXT NOT NULL,"
     "  email TEXT NOT NULL,"
     "  language TEXT NOT NULL,"  // empty: the institution's
     "  products TEXT NOT NULL,"  // one a line, each line ended
     "  entry INTEGER NOT NULL"
     ") STRICT;"
     "CREATE INDEX customers_contacts_of ON customers_contacts (institution, name, id);"
     "CREATE TABLE customers_assets ("
     "  id TEXT PRIMARY KEY,"
     "  institution TEXT NOT NULL,"
     "  product TEXT NOT NULL,"
     "  instance TEXT NOT NULL,"
     "  from_time INTEGER NOT NULL,"
     "  until_time INTEGER,"
     "  entry INTEGER NOT NULL"
     ") STRICT;"
     "CREATE INDEX customers_assets_of ON customers_assets (institution, instance, from_time);"
     "CREATE INDEX customers_assets_at ON customers_assets (instance, from_time)"}};

std::int64_t index_of(const Entry& entry) { return static_cast<std::int64_t>(entry.index); }

Result<std::string> lines_of(const Payload& payload, std::string_view name) {
  std::string lines;
  for (const Json& line : *TRY(payload.list(name))) {
    if (!line.is_string()) return fail(ErrorCode::corrupt, "\"{}\" holds what is no text", name);
    (lines += line.get_string()) += '\n';
  }
  return lines;
}

Status put_institution(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("institution")), name = TRY(payload.text("name")),
                    territory = TRY(payload.text("territory")),
                    zone = TRY(payload.text("time_zone")), language = TRY(payload.text("language")),
                    aliases = TRY(lines_of(payload, "aliases"));
  const std::string known_as = lower_ascii(id + "\n" + name + "\n" + aliases);
  return to.post(
      "INSERT INTO customers_institutions (id, name, territory, time_zone, language, aliases, "
      "known_as, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "name = excluded.name, territory = excluded.territory, time_zone = excluded.time_zone, "
      "language = excluded.language, aliases = excluded.aliases, known_as = excluded.known_as, "
      "entry = excluded.entry",
      {id, name, territory, zone, language, aliases, known_as, index_of(entry)});
}

Status remove_institution(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("institution"));
  return to.post("UPDATE customers_institutions SET removed_at = ?, entry = ? WHERE id = ?",
                 {entry.time.time_since_epoch().count(), index_of(entry), id});
}

Status put_contact(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("contact")),
                    institution = TRY(payload.text("institution")),
                    name = TRY(payload.text("name")), email = TRY(payload.text("email")),
                    language = TRY(payload.text("language")),
                    products = TRY(lines_of(payload, "products"));
  return to.post(
      "INSERT INTO customers_contacts (id, institution, name, email, language, products, entry) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
      "email = excluded.email, language = excluded.language, products = excluded.products, "
      "entry = excluded.entry",
      {id, institution, name, email, language, products, index_of(entry)});
}

Status remove_contact(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("contact"));
  return to.post("DELETE FROM customers_contacts WHERE id = ?", {id});
}

Status put_asset(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("asset")), institution = TRY(payload.text("institution")),
                    product = TRY(payload.text("product")),
                    instance = TRY(payload.text("instance"));
  const std::int64_t from = TRY(payload.time("from"));
  store::Parameter until = std::monostate{};
  if (payload.text("until")) until = TRY(payload.time("until"));
  return to.post(
      "INSERT INTO customers_assets (id, institution, product, instance, from_time, until_time, "
      "entry) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "product = excluded.product, instance = excluded.instance, from_time = excluded.from_time, "
      "until_time = excluded.until_time, entry = excluded.entry",
      {id, institution, product, instance, from, until, index_of(entry)});
}

Status remove_asset(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("asset"));
  return to.post("DELETE FROM customers_assets WHERE id = ?", {id});
}

struct Step {
  std::string_view type;
  Status (*apply)(Transaction&, const Entry&, const Payload&);
};
constexpr Step kSteps[] = {
    {events::kInstitutionAdded, put_institution},
    {events::kInstitutionChanged, put_institution},
    {events::kInstitutionRemoved, remove_institution},
    {events::kContactAdded, put_contact},
    {events::kContactChanged, put_contact},
    {events::kContactRemoved, remove_contact},
    {events::kAssetSet, put_asset},
    {events::kAssetRemoved, remove_asset},
};

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

Status apply(Transaction& transaction, const Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased; the contact it told of was removed
  for (const Step& step : kSteps)
    if (step.type == entry.event.type)
      return step.apply(transaction, entry, TRY(Payload::of(entry)));
  return {};
}

}  // namespace nocturn::customers
