#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "customers/model.h"
#include "ledger/ledger.h"
#include "store/store.h"

// Who the cloud is for: institutions, their contacts and account assets, as events of the ledger
// and tables made from them. The front door for other folders.
namespace nocturn::customers {

std::span<const store::Migration> migrations();
// For events that begin with "customers.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);

// The institutions that use an instance at that moment, by its id. For the page's search, and for
// who is told.
using Tenants = std::map<std::string, std::vector<Institution>, std::less<>>;
Result<Tenants> tenants(store::Reader& reader, WallTime at);

// A removed one, too; nothing when there never was one.
Result<std::optional<Institution>> find_institution(store::Reader& reader, const InstitutionId& id);
// Not removed ones.
Result<bool> is_institution(store::Reader& reader, const InstitutionId& id);
// By id, those whose id, name or an alias holds these words.
Result<std::vector<Institution>> find_institutions(store::Reader& reader, std::string_view words,
                                                   std::size_t limit);
Result<std::optional<Contact>> find_contact(store::Reader& reader, const ContactId& id);

// Of every institution, those with that address in whatever case.
Result<std::vector<ContactId>> contacts_at(store::Reader& reader, std::string_view email);

// A contact with product preferences, and the instances of those products that the institution
// uses at that moment, sorted.
struct Listener {
  Contact contact;
  Institution institution;
  std::vector<std::string> instances;
};
// By contact; those without an instance are left out.
Result<std::vector<Listener>> listeners(store::Reader& reader, WallTime at);

}  // namespace nocturn::customers
