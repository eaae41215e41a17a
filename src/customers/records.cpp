#include "customers/records.h"

#include <algorithm>

#include "base/text.h"
#include "customers/customers.h"
#include "store/search_pattern.h"

namespace nocturn::customers {
namespace {

constexpr std::string_view kInstitutions =
    "SELECT id, name, territory, time_zone, language, aliases, removed_at, entry "
    "FROM customers_institutions";

std::vector<std::string> from_lines(std::string_view lines) {
  std::vector<std::string> list;
  for (const std::string_view line : split(lines, '\n'))
    if (!line.empty()) list.emplace_back(line);
  return list;
}

std::optional<WallTime> time_or_nothing(const store::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return WallTime(Micros(row.integer(column)));
}

Institution read_institution(const store::Row& row) {
  return {.id = InstitutionId(std::string(row.text(0))),
          .name = std::string(row.text(1)),
          .territory = std::string(row.text(2)),
          .time_zone = std::string(row.text(3)),
          .language = std::string(row.text(4)),
          .aliases = from_lines(row.text(5)),
          .removed_at = time_or_nothing(row, 6),
          .version = static_cast<std::uint64_t>(row.integer(7))};
}

Contact read_contact(const store::Row& row) {
  return {.id = ContactId(std::string(row.text(0))),
          .institution = InstitutionId(std::string(row.text(1))),
          .name = std::string(row.text(2)),
          .email = std::string(row.text(3)),
          .language = std::string(row.text(4)),
          .products = from_lines(row.text(5)),
          .version = static_cast<std::uint64_t>(row.integer(6))};
}

Asset read_asset(const store::Row& row) {
  return {.id = AssetId(std::string(row.text(0))),
          .institution = InstitutionId(std::string(row.text(1))),
          .product = std::string(row.text(2)),
          .instance = std::string(row.text(3)),
          .from = WallTime(Micros(row.integer(4))),
          .until = time_or_nothing(row, 5),
          .version = static_cast<std::uint64_t>(row.integer(6))};
}

InstitutionId read_id(const store::Row& row) { return InstitutionId(std::string(row.text(0))); }

}  // namespace

namespace records {

Result<std::optional<Institution>> institution(store::Reader& reader, const InstitutionId& id) {
  const std::string sql = fmt::format("{} WHERE id = ?", kInstitutions);
  return reader.first(sql.c_str(), {id.text()}, read_institution);
}

Result<std::vector<Institution>> institutions(store::Reader& reader, const Filter& filter,
                                              const net::PageRequest& page) {
  const std::string sql = fmt::format(
      "{} WHERE removed_at IS NULL AND id > ? AND known_as LIKE ? ESCAPE '\\' AND "
      "(? = '' OR territory = ?) AND (? = '' OR id IN (SELECT institution FROM customers_assets "
      "WHERE instance = ? AND from_time <= ? AND (until_time IS NULL OR until_time > ?))) "
      "ORDER BY id LIMIT ?",
      kInstitutions);
  const std::string pattern = store::search_pattern(filter.search);
  const std::int64_t at = filter.at.time_since_epoch().count();
  std::vector<Institution> found;
  TRY_STATUS(reader.query(sql.c_str(),
                          {page.after, pattern, filter.territory, filter.territory, filter.instance,
                           filter.instance, at, at, static_cast<std::int64_t>(page.limit)},
                          [&](const store::Row& row) { found.push_back(read_institution(row)); }));
  return found;
}

Result<std::optional<Account>> account(store::Reader& reader, const InstitutionId& id) {
  auto found = TRY(institution(reader, id));
  if (!found) return std::nullopt;
  Account account{.institution = *std::move(found)};
  TRY_STATUS(reader.query(
      "SELECT id, institution, name, email, language, products, entry FROM customers_contacts "
      "WHERE institution = ? ORDER BY name, id",
      {id.text()}, [&](const store::Row& row) { account.contacts.push_back(read_contact(row)); }));
  TRY_STATUS(reader.query(
      "SELECT id, institution, product, instance, from_time, until_time, entry "
      "FROM customers_assets WHERE institution = ? ORDER BY instance, from_time",
      {id.text()}, [&](const store::Row& row) { account.assets.push_back(read_asset(row)); }));
  return account;
}

Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const ContactId& id) {
  return reader.first("SELECT institution FROM customers_contacts WHERE id = ?", {id.text()},
                      read_id);
}

Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const AssetId& id) {
  return reader.first("SELECT institution FROM customers_assets WHERE id = ?", {id.text()},
                      read_id);
}

}  // namespace records

Result<Tenants> tenants(store::Reader& reader, WallTime at) {
  const std::int64_t now = at.time_since_epoch().count();
  Tenants tenants;
  TRY_STATUS(reader.query(
      "SELECT i.id, i.name, i.territory, i.time_zone, i.language, i.aliases, i.removed_at, i.entry,"
      " a.instance FROM customers_assets AS a JOIN customers_institutions AS i "
      "ON i.id = a.institution WHERE a.from_time <= ? AND (a.until_time IS NULL OR "
      "a.until_time > ?) AND i.removed_at IS NULL ORDER BY a.instance, i.id",
      {now, now}, [&](const store::Row& row) {
        tenants[std::string(row.text(8))].push_back(read_institution(row));
      }));
  return tenants;
}

Result<std::optional<Institution>> find_institution(store::Reader& reader,
                                                    const InstitutionId& id) {
  return records::institution(reader, id);
}

Result<bool> is_institution(store::Reader& reader, const InstitutionId& id) {
  const auto found = TRY(records::institution(reader, id));
  return found && !found->removed_at;
}

Result<std::vector<Institution>> find_institutions(store::Reader& reader, std::string_view words,
                                                   std::size_t limit) {
  return records::institutions(reader, {.search = std::string(words)},
                               {.limit = limit, .after = {}});
}

Result<std::optional<Contact>> find_contact(store::Reader& reader, const ContactId& id) {
  return reader.first(
      "SELECT id, institution, name, email, language, products, entry FROM customers_contacts "
      "WHERE id = ?",
      {id.text()}, read_contact);
}

Result<std::vector<ContactId>> contacts_at(store::Reader& reader, std::string_view email) {
  std::vector<ContactId> found;
  const std::string key = lower_ascii(email);
  TRY_STATUS(
      reader.query("SELECT id FROM customers_contacts WHERE LOWER(email) = ? ORDER BY id", {key},
                   [&](const store::Row& row) { found.emplace_back(std::string(row.text(0))); }));
  return found;
}

Result<std::vector<Listener>> listeners(store::Reader& reader, WallTime at) {
  const std::int64_t now = at.time_since_epoch().count();
  std::map<InstitutionId, std::vector<Asset>> used;
  TRY_STATUS(reader.query(
      "SELECT id, institution, product, instance, from_time, until_time, entry "
      "FROM customers_assets WHERE from_time <= ? AND (until_time IS NULL OR until_time > ?) "
      "ORDER BY institution, instance",
      {now, now}, [&](const store::Row& row) {
        Asset asset = read_asset(row);
        used[asset.institution].push_back(std::move(asset));
      }));
  std::map<InstitutionId, Institution> institutions;
  const std::string living = fmt::format("{} WHERE removed_at IS NULL", kInstitutions);
  TRY_STATUS(reader.query(living.c_str(), {}, [&](const store::Row& row) {
    Institution institution = read_institution(row);
    institutions.emplace(institution.id, std::move(institution));
  }));
  std::vector<Listener> listeners;
  TRY_STATUS(reader.query(
      "SELECT id, institution, name, email, language, products, entry FROM customers_contacts "
      "WHERE products <> '' ORDER BY id",
      {}, [&](const store::Row& row) {
        Contact contact = read_contact(row);
        const auto institution = institutions.find(contact.institution);
        if (institution == institutions.end()) return;
        std::vector<std::string> instances;
        for (const Asset& asset : used[contact.institution])
          if (std::ranges::binary_search(contact.products, asset.product))
            instances.push_back(asset.instance);
        if (!instances.empty())
          listeners.push_back({std::move(contact), institution->second, std::move(instances)});
      }));
  return listeners;
}

}  // namespace nocturn::customers
