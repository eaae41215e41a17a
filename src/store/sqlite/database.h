#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace nocturn::store::sqlite {

// Opens or makes the database file, readable by its owner only; see Database::open.
Result<std::unique_ptr<Database>> open(const std::string& file);

}  // namespace nocturn::store::sqlite
