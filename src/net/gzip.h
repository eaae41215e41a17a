#pragma once

#include <string>
#include <string_view>

namespace nocturn::net {

// The text as one gzip member (RFC 1952). `level` from 1 (quick) to 9 (small). Pure.
std::string gzip(std::string_view text, int level);

}  // namespace nocturn::net
