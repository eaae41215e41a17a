#include "net/mail_encoding.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kLongestCodedLine = 76;  // RFC 2045, sections 6.7 and 6.8
constexpr std::size_t kBytesPerBase64Line = kLongestCodedLine / 4 * 3;
constexpr std::size_t kLongestEncodedWord = 75;  // RFC 2047, section 2
constexpr std::size_t kLongestHeaderLine = 78;   // RFC 5322, section 2.1.1
constexpr std::string_view kHexDigits = "0123456789ABCDEF";
constexpr std::string_view kQStart = "=?UTF-8?Q?";
constexpr std::string_view kBStart = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";

void append_hex(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

bool goes_plain(char c) { return c >= ' ' && c <= '~' && c != '='; }

// One line without its end. Blanks at the end are written as codes: servers strip them.
void append_quoted_line(std::string& out, std::string_view line) {
  if (line.size() <= kLongestCodedLine && !line.ends_with(' ') &&
      std::ranges::all_of(line, goes_plain)) {
    out += line;
    return;
  }
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool last = i + 1 == line.size();
    const char c = line[i];
    const bool plain = (goes_plain(c) || c == '\t') && !(last && (c == ' ' || c == '\t'));
    const std::size_t width = plain ? 1 : 3;
    if (column + width > (last ? kLongestCodedLine : kLongestCodedLine - 1)) {
      out += "=\r\n";
      column = 0;
    }
    column += width;
    if (plain) {
      out += c;
    } else {
      append_hex(out, c);
    }
  }
}

// What stands for itself in an encoded word, in phrases too (RFC 2047, section 5, rule 3).
bool goes_plain_in_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!*+-/").contains(c);
}

std::size_t q_width(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) width += goes_plain_in_word(c) || c == ' ' ? 1 : 3;
  return width;
}

std::size_t b_width(std::string_view text) { return (text.size() + 2) / 3 * 4; }

std::string q_coded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += '_';
    } else if (goes_plain_in_word(c)) {
      out += c;
    } else {
      append_hex(out, c);
    }
  }
  return out;
}

// Bytes of the character of UTF-8 at the beginning of `text`.
std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return size;
}

}  // namespace

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') continue;
    out += text.substr(begin, i - begin);
    out += "\r\n";
    if (text.substr(i).starts_with("\r\n")) ++i;
    begin = i + 1;
  }
  out += text.substr(begin);
  return out;
}

std::string to_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (true) {
    const std::size_t end = text.find("\r\n");
    append_quoted_line(out, text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += "\r\n";
    text.remove_prefix(end + 2);
  }
}

std::size_t base64_lines_size(std::size_t bytes) {
  const std::size_t lines = (bytes + kBytesPerBase64Line - 1) / kBytesPerBase64Line;
  return (bytes + 2) / 3 * 4 + 2 * lines;
}

std::string to_base64_lines(std::string_view text) {
  std::string out;
  out.reserve(base64_lines_size(text.size()));
  while (!text.empty()) {
    const auto line = text.substr(0, kBytesPerBase64Line);
    out += to_base64(as_bytes(line)) + "\r\n";
    text.remove_prefix(line.size());
  }
  return out;
}

std::string to_encoded_words(std::string_view text, std::size_t first_room) {
  const bool in_q = q_width(text) <= b_width(text);
  const std::string_view start = in_q ? kQStart : kBStart;
  std::string out;
  std::size_t room = std::clamp<std::size_t>(first_room, 40, kLongestEncodedWord);
  while (!text.empty()) {
    std::size_t taken = character_size(text);
    while (taken < text.size()) {
      const auto more = text.substr(0, taken + character_size(text.substr(taken)));
      const std::size_t width = in_q ? q_width(more) : b_width(more);
      if (start.size() + width + kWordEnd.size() > room) break;
      taken = more.size();
    }
    const auto part = text.substr(0, taken);
    if (!out.empty()) out += ' ';
    out += start;
    out += in_q ? q_coded(part) : to_base64(as_bytes(part));
    out += kWordEnd;
    text.remove_prefix(taken);
    room = kLongestEncodedWord;
  }
  return out;
}

std::string folded_header(std::string_view name, std::string_view value) {
  std::string out = fmt::format("{}:", name);
  std::size_t column = out.size();
  bool first = true;
  for (const std::string_view word : split(value, ' ')) {
    // The first word stays on the line of the name: some readers take an empty first line amiss.
    if (!first && column + 1 + word.size() > kLongestHeaderLine) {
      out += "\r\n";
      column = 0;
    }
    first = false;
    out += ' ';
    out += word;
    column += 1 + word.size();
  }
  return out + "\r\n";
}

}  // namespace nocturn::net
