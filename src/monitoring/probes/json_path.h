#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

// The value in a JSON document at a simple path: "$.items[0].name". Members by name, array
// elements by number; no wildcards.
namespace nocturn::monitoring {

// Whether `path` can be read at all.
Status check_json_path(std::string_view path);

// The value as a person would write it: texts bare, the rest as JSON. Fails when there is none.
Result<std::string> json_at(const Json& document, std::string_view path);

}  // namespace nocturn::monitoring
