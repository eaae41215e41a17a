#pragma once

#include <string>
#include <string_view>

namespace nocturn::store {

// What a person typed into a search, as a pattern of `lower(column) LIKE ? ESCAPE '\'` that finds
// it anywhere: trimmed, ASCII letters small, nothing in it a wildcard. Pure.
std::string search_pattern(std::string_view words);

}  // namespace nocturn::store
