#include "store/postgresql/database.h"

namespace nocturn::store::postgresql {

Result<std::unique_ptr<Database>> open(const std::string&) {
  return fail(ErrorCode::unsupported, "PostgreSQL is not supported yet");
}

}  // namespace nocturn::store::postgresql
