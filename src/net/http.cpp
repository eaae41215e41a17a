#include "net/http.h"

#include <algorithm>

namespace nocturn::net {

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

std::string_view Request::parameter(std::string_view name) const {
  const auto found =
      std::ranges::find_if(query, [&](const auto& entry) { return entry.first == name; });
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace nocturn::net
