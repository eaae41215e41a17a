#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Text in and out of the program's edges. All functions are pure and take UTF-8.
namespace nocturn {

using Bytes = std::vector<std::uint8_t>;

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower_ascii(std::string_view text);
bool is_utf8(std::string_view text);

std::string to_hex(std::span<const std::uint8_t> bytes);
Result<Bytes> from_hex(std::string_view text);
// RFC 4648 section 4, padded; decoding refuses anything but the one canonical form.
std::string to_base64(std::span<const std::uint8_t> bytes);
Result<Bytes> from_base64(std::string_view text);

// For text and double-quoted attributes of HTML and XML: & < > " ' become entities; characters
// that XML 1.0 forbids become U+FFFD.
std::string escape_markup(std::string_view text);
// RFC 3986: everything but unreserved characters as %XX.
std::string escape_url(std::string_view text);
// %XX and, when `plus_is_space`, '+'. Refuses broken escapes.
Result<std::string> unescape_url(std::string_view text, bool plus_is_space);

// The candidate with the smallest edit distance to `word` (two letters swapped count as one), if
// it is near enough to be what a person meant (at most a third of its letters wrong); else empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace nocturn
