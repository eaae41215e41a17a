#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace nocturn::store::postgresql {

// Opens a database that exists already; see Database::open.
Result<std::unique_ptr<Database>> open(const std::string& url);

}  // namespace nocturn::store::postgresql
