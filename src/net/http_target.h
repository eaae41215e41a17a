#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// What a request asks for (RFC 9112 section 3.2). Everything here is pure. A path is decoded
// exactly once, and what could mean two things to two programs is refused rather than mended.
namespace nocturn::net {

// The path and query of a target in origin or absolute form ("http://host/a?b" is "/a?b"); empty
// for every other form.
std::string_view origin_form(std::string_view target);

struct DecodedTarget {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

// Decodes an origin form. The path comes out as Request::path promises; "//", "/." and a '/' at
// the end are dropped. Refuses "..", encoded slashes, backslashes, control characters, broken
// escapes and text that is not UTF-8.
Result<DecodedTarget> decode_target(std::string_view origin);

}  // namespace nocturn::net
