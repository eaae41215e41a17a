#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "status_page/status_page.h"

// Finding one's own instance (promise P122): by the name of the institution, of the instance, an
// alias, the product, or a host. Pure.
namespace nocturn::web {

struct Match {
  enum class By { name, alias, host, institution };
  By by;
  std::string text;  // what matched: the alias or institution; empty for a host, which is not told
};

// Every word of the query occurs in one and the same name; letters compare without case and
// accents ("zurich" finds "Zürich"). Nothing for a row that does not fit. Names cannot be fished
// for: a host fits only when the query is its whole name, an institution only by a word of three
// letters.
std::optional<Match> match(const status_page::View& view, const status_page::Row& row,
                           std::string_view query);

}  // namespace nocturn::web
