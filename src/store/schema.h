#pragma once

#include <string>
#include <vector>

#include "store/store.h"

namespace nocturn::store {

// Every column of every table as "table.column type [not null] [key n]", sorted, in the types'
// names of the migrations (integer, real, text, blob): the same for both backends, if their
// migrations agree. For comparing them, and for people who want to see the tables.
Result<std::vector<std::string>> describe_schema(Database& database);

}  // namespace nocturn::store
