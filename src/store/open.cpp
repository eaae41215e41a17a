#include "store/postgresql/database.h"
#include "store/sqlite/database.h"
#include "store/store.h"

namespace nocturn::store {

Result<std::unique_ptr<Database>> Database::open(const std::string& place) {
  if (place.starts_with("postgresql://") || place.starts_with("postgres://")) {
    return postgresql::open(place);
  }
  return sqlite::open(place);
}

}  // namespace nocturn::store
