#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.h"

namespace nocturn {

// JSON values are Boost.JSON's; include <boost/json.hpp> where they are taken apart.
using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

// RFC 8785 (JSON Canonicalization Scheme): the one byte form that is hashed and signed.
// Refuses what the scheme cannot carry: NaN, infinities, integers beyond ±2^53-1, text that is
// not UTF-8. Nesting is limited to 64 levels.
Result<std::string> canonical_json(const Json& value);

// Strict RFC 8259, at most 64 levels deep; duplicate names in an object are refused.
Result<Json> parse_json(std::string_view text);

}  // namespace nocturn
