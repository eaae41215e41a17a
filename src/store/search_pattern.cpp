#include "store/search_pattern.h"

#include "base/text.h"

namespace nocturn::store {

std::string search_pattern(std::string_view words) {
  std::string pattern = "%";
  for (const char c : lower_ascii(trim(words))) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern += '%';
}

}  // namespace nocturn::store
