#include "customers/rules.h"

#include <algorithm>

#include "base/line.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "customers/events.h"

namespace nocturn::customers {
namespace {

constexpr std::size_t kLongestId = 128;
constexpr std::string_view kLanguages[] = {"en", "he"};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

template <class Spelled>
std::string take(Spelled spelled, std::string_view path, Faults& faults) {
  if (spelled) return *std::move(spelled);
  faults.push_back({std::string(path), spelled.error().message});
  return {};
}

// A reference into the cloud: the fault names the nearest known id.
template <class Map>
void check_known(const Map& known, const std::string& id, std::string_view path,
                 std::string_view kind, Faults& faults) {
  if (known.contains(typename Map::key_type(id))) return;
  std::vector<std::string_view> ids;
  for (const auto& [other, value] : known) ids.emplace_back(other.text());
  const std::string_view near = nearest(id, ids);
  faults.push_back({std::string(path),
                    near.empty() ? fmt::format("the cloud has no {} \"{}\"", kind, beginning(id))
                                 : fmt::format("the cloud has no {} \"{}\"; did you mean \"{}\"?",
                                               kind, beginning(id), near)});
}

void sort_once(std::vector<std::string>& list) {
  std::ranges::sort(list);
  const auto twice = std::ranges::unique(list);
  list.erase(twice.begin(), twice.end());
}

void check_language(const std::string& tag, Faults& faults) {
  if (is_language(tag)) return;
  faults.push_back({"language", fmt::format("\"{}\" is no language of this program; one of {}",
                                            beginning(tag), fmt::join(kLanguages, ", "))});
}

bool overlap(const Asset& one, const Asset& other) {
  return (!one.until || other.from < *one.until) && (!other.until || one.from < *other.until);
}

std::unexpected<Error> no_institution(const InstitutionId& id) {
  return fail(ErrorCode::not_found, "there is no institution {}", id.text());
}

bool is_live(const std::optional<Account>& account) {
  return account && !account->institution.removed_at;
}

template <class Row>
const Row* find(const std::vector<Row>& rows, const decltype(Row::id)& id) {
  const auto found = std::ranges::find(rows, id, &Row::id);
  return found == rows.end() ? nullptr : &*found;
}

bool same(const Institution& a, const Institution& b) {
  return a.name == b.name && a.territory == b.territory && a.time_zone == b.time_zone &&
         a.language == b.language && a.aliases == b.aliases;
}
bool same(const Contact& a, const Contact& b) {
  return a.name == b.name && a.email == b.email && a.language == b.language &&
         a.products == b.products;
}
bool same(const Asset& a, const Asset& b) {
  return a.product == b.product && a.instance == b.instance && a.from == b.from &&
         a.until == b.until;
}

}  // namespace

bool is_language(std::string_view tag) {
  return std::ranges::find(kLanguages, tag) != std::end(kLanguages);
}

bool holds_at(const Asset& asset, WallTime time) {
  return asset.from <= time && (!asset.until || time < *asset.until);
}

std::unexpected<Error> mistaken(std::string_view field, std::string message) {
  return std::unexpected(Error{ErrorCode::conflict, std::move(message), std::string(field), false});
}

Institution spelled(Institution row, const inventory::Cloud& cloud, Faults& faults) {
  if (!is_id(row.id.text()))
    faults.push_back({"id", "an institution is named by lower-case letters, digits and hyphens"});
  if (row.id.text() == "import")  // which paths of the API and the console mean already
    faults.push_back({"id", "no institution can be called import; write another id"});
  row.name = take(spell_line("the name", row.name), "name", faults);
  check_known(cloud.territories, row.territory, "territory", "territory", faults);
  if (!TimeZone::find(row.time_zone))
    faults.push_back({"time_zone", fmt::format("\"{}\" is no time zone; write one like "
                                               "Europe/Amsterdam",
                                               beginning(row.time_zone))});
  check_language(row.language, faults);
  if (row.aliases.size() > kMostAliases) {
    faults.push_back({"aliases", fmt::format("at most {} aliases are kept", kMostAliases)});
    return row;
  }
  for (std::string& alias : row.aliases)
    alias = take(spell_line("an alias", alias), "aliases", faults);
  sort_once(row.aliases);
  return row;
}

Contact spelled(Contact row, const inventory::Cloud& cloud, Faults& faults) {
  row.name = take(spell_line("the name", row.name), "name", faults);
  row.email = take(spell_email(row.email), "email", faults);
  if (row.email.empty() && std::ranges::find(faults, "email", &ShapeFault::path) == faults.end())
    faults.push_back({"email", "a contact needs an e-mail address"});
  if (!row.language.empty()) check_language(row.language, faults);
  if (row.products.size() > kMostProducts) {
    faults.push_back({"products", fmt::format("at most {} products are kept", kMostProducts)});
    return row;
  }
  sort_once(row.products);
  for (const std::string& product : row.products)
    check_known(cloud.products, product, "products", "product", faults);
  return row;
}

Asset spelled(Asset row, const inventory::Cloud& cloud, Faults& faults) {
  check_known(cloud.products, row.product, "product", "product", faults);
  check_known(cloud.instances, row.instance, "instance", "instance", faults);
  const inventory::Instance* instance = cloud.find(inventory::InstanceId(row.instance));
  if (instance != nullptr && instance->product.text() != row.product &&
      cloud.products.contains(inventory::ProductId(row.product)))
    faults.push_back({"instance", fmt::format("{} is an instance of {}, not of {}", row.instance,
                                              instance->product.text(), row.product)});
  if (row.until && *row.until <= row.from)
    faults.push_back({"until", "an asset ends after it begins"});
  return row;
}

Events put(const std::optional<Account>& account, const Institution& wanted, std::string_view by) {
  if (!account) return {{events::institution_added(wanted, by)}};
  if (account->institution.removed_at)
    return mistaken("id", fmt::format("the institution {} was removed; its name is not given again",
                                      wanted.id.text()));
  std::vector<ledger::Event> events;
  if (!same(account->institution, wanted))
    events.push_back(events::institution_changed(wanted, by));
  return events;
}

Events put(const std::optional<Account>& account, const Contact& wanted, std::string_view by) {
  if (!is_live(account)) return no_institution(wanted.institution);
  for (const Contact& other : account->contacts)
    if (other.id != wanted.id && lower_ascii(other.email) == lower_ascii(wanted.email))
      return mistaken("email", fmt::format("{} has a contact with the address {} already",
                                           wanted.institution.text(), wanted.email));
  const Contact* before = find(account->contacts, wanted.id);
  if (before == nullptr && account->contacts.size() >= kMostContacts)
    return fail(ErrorCode::limited, "an institution has at most {} contacts", kMostContacts);
  std::vector<ledger::Event> events;
  if (before == nullptr)
    events.push_back(events::contact_added(wanted, by));
  else if (!same(*before, wanted))
    events.push_back(events::contact_changed(wanted, by));
  return events;
}

Events put(const std::optional<Account>& account, const Asset& wanted, std::string_view by) {
  if (!is_live(account)) return no_institution(wanted.institution);
  for (const Asset& other : account->assets)
    if (other.id != wanted.id && other.instance == wanted.instance && overlap(other, wanted))
      return mistaken("instance",
                      fmt::format("{} uses {} at {} in that time already",
                                  wanted.institution.text(), wanted.product, wanted.instance));
  const Asset* before = find(account->assets, wanted.id);
  if (before == nullptr && account->assets.size() >= kMostAssets)
    return fail(ErrorCode::limited, "an institution has at most {} account assets", kMostAssets);
  std::vector<ledger::Event> events;
  if (before == nullptr || !same(*before, wanted)) events.push_back(events::asset_set(wanted, by));
  return events;
}

Events move(const Account& account, const AssetId& asset, const Asset& there, std::string_view by) {
  const Asset* found = find(account.assets, asset);
  if (found == nullptr)
    return fail(ErrorCode::not_found, "there is no account asset {}", asset.text());
  if (found->instance == there.instance)
    return mistaken("instance",
                    fmt::format("{} uses {} at {} already", account.institution.id.text(),
                                found->product, there.instance));
  if (there.from <= found->from || !holds_at(*found, there.from))
    return mistaken("from",
                    fmt::format("{} does not use {} at {} at {}", account.institution.id.text(),
                                found->product, found->instance, to_rfc3339(there.from)));
  Asset lasting = there;
  lasting.until = found->until;
  Account after = account;
  Asset ended = *found;
  ended.until = there.from;
  for (Asset& each : after.assets)
    if (each.id == asset) each = ended;
  std::vector<ledger::Event> events{events::asset_set(ended, by)};
  for (ledger::Event& event : TRY(put(after, lasting, by))) events.push_back(std::move(event));
  return events;
}

Events remove(const Account& account, std::string_view by, WallTime now) {
  std::vector<ledger::Event> events;
  for (const Contact& contact : account.contacts)
    events.push_back(events::contact_removed(contact, by));
  for (Asset asset : account.assets) {
    if (asset.until && *asset.until <= now) continue;
    if (asset.from >= now) {
      events.push_back(events::asset_removed(asset, by));
    } else {
      asset.until = now;
      events.push_back(events::asset_set(asset, by));
    }
  }
  events.push_back(events::institution_removed(account.institution.id, by));
  return events;
}

Events remove(const Account& account, const ContactId& contact, std::string_view by) {
  const Contact* found = find(account.contacts, contact);
  if (found == nullptr) return fail(ErrorCode::not_found, "there is no contact {}", contact.text());
  return {{events::contact_removed(*found, by)}};
}

Events remove(const Account& account, const AssetId& asset, std::string_view by) {
  const Asset* found = find(account.assets, asset);
  if (found == nullptr)
    return fail(ErrorCode::not_found, "there is no account asset {}", asset.text());
  return {{events::asset_removed(*found, by)}};
}

}  // namespace nocturn::customers
