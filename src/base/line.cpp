#include "base/line.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn {
namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool has_trickery(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xC2' && second < 0xA0) return true;  // U+0080 to U+009F
    if (text[i] != '\xE2' || i + 2 >= text.size()) continue;
    const auto third = static_cast<unsigned char>(text[i + 2]);
    if (second == 0x80 && third >= 0xA8 && third <= 0xAE) return true;  // U+2028 to U+202E
    if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;  // U+2066 to U+2069
  }
  return false;
}

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string_view beginning(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (text[bytes] & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

bool has_hidden(std::string_view text) { return has_control(text) || has_trickery(text); }

Result<std::string> spell_line(std::string_view what, std::string_view text, std::size_t longest) {
  const std::string_view line = trim(text);
  if (line.empty()) return fail(ErrorCode::invalid, "{} must not be empty", what);
  if (!is_utf8(line) || has_hidden(line))
    return fail(ErrorCode::invalid, "{} must be one line without control characters", what);
  if (characters(line) > longest)
    return fail(ErrorCode::invalid, "{} is longer than {} characters", what, longest);
  return std::string(line);
}

Result<std::string> spell_email(std::string_view text) {
  const std::string_view email = trim(text);
  if (email.empty()) return std::string();
  const bool shown = is_utf8(email) && !has_hidden(email);
  const std::size_t at = email.rfind('@');
  if (!shown || at == std::string_view::npos || at == 0 || at + 1 == email.size() ||
      email.size() > kLongestEmail || email.contains(' '))
    return fail(ErrorCode::invalid, "\"{}\" is no e-mail address; write name@example.org",
                shown ? beginning(email) : "that");
  return std::string(email);
}

}  // namespace nocturn
