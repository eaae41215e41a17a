#pragma once

#include <string>
#include <string_view>

namespace nocturn::testing {

// What a header of the mail says, in a file whose lines end with \n; continued lines stay as they
// are. Empty where there is none.
inline std::string header_of(std::string_view mail, std::string_view name) {
  const std::string begin = "\n" + std::string(name) + ": ";
  const std::size_t at = mail.find(begin);
  if (at == mail.npos) return {};
  const std::size_t from = at + begin.size();
  std::size_t until = mail.find('\n', from);
  while (until + 1 < mail.size() && (mail[until + 1] == ' ' || mail[until + 1] == '\t'))
    until = mail.find('\n', until + 1);
  return std::string(mail.substr(from, until - from));
}

}  // namespace nocturn::testing
