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
// accents ("zurich" finds "Zürich"). Nothing for a row that does not fit. A host fits only when
// the query is the host's whole name, so that names cannot be fished for.
std::optional<Match> match(const status_page::View& view, const status_page::Row& row,
                           std::string_view query);

// Lower case, without accents, for comparing.
std::string folded(std::string_view text);

}  // namespace nocturn::web
