#pragma once

#include <string>

#include "base/json.h"

// The API's values as a person reads them in a terminal.
namespace nocturn::cli {

// A member of an object as text; empty when it is absent or null.
std::string text_of(const Json& object, const char* name);
// A member that is RFC 3339 text, to the second: in UTC when asked, else in the machine's zone.
std::string time_of(const Json& object, const char* name, bool utc);
// A member in microseconds as "12.34 ms"; "-" when null.
std::string milliseconds_of(const Json& object, std::string_view name);

}  // namespace nocturn::cli
