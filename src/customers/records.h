#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "customers/model.h"
#include "net/endpoint.h"
#include "store/store.h"

// All that is read from the tables, one function per question. Removed institutions are found by
// their id alone; removed contacts and assets are in no table.
namespace nocturn::customers::records {

Result<std::optional<Institution>> institution(store::Reader& reader, const InstitutionId& id);
// Of the institutions that are not removed, those that fit; an empty text fits any.
struct Filter {
  std::string search = {};     // is looked for in id, name and aliases
  std::string territory = {};  // that they are in
  std::string instance = {};   // that they use
  WallTime at = {};            // then
};
// By id.
Result<std::vector<Institution>> institutions(store::Reader& reader, const Filter& filter,
                                              const net::PageRequest& page);
// With all that hangs on it, contacts by name, assets by instance and time; nothing when there
// never was one.
Result<std::optional<Account>> account(store::Reader& reader, const InstitutionId& id);

// Which institution it belongs to; nothing when it is not there.
Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const ContactId& id);
Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const AssetId& id);

}  // namespace nocturn::customers::records
