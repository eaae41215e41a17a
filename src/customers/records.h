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
// Not removed, by id; `search` is looked for in id, name and aliases, `territory` is the one they
// are in; empty: any.
Result<std::vector<Institution>> institutions(store::Reader& reader, std::string_view search,
                                              std::string_view territory,
                                              const net::PageRequest& page);
// With all that hangs on it, contacts by name, assets by instance and time; nothing when there
// never was one.
Result<std::optional<Account>> account(store::Reader& reader, const InstitutionId& id);

// Which institution it belongs to; nothing when it is not there.
Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const ContactId& id);
Result<std::optional<InstitutionId>> institution_of(store::Reader& reader, const AssetId& id);

}  // namespace nocturn::customers::records
