#include "base/json_time.h"

#include <boost/json/value.hpp>

namespace nocturn {

Json time_or_null(const std::optional<WallTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

}  // namespace nocturn
