#include "net/smtp_reply.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kMostCharacters = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The enhanced status code that `line` of a reply with `code` begins with, or nothing: class,
// subject and detail (RFC 3463), the class being the code's first digit.
std::string_view enhanced_of(std::string_view line, int code) {
  const std::string_view word = line.substr(0, line.find(' '));
  const auto parts = split(word, '.');
  if (parts.size() != 3 || parts[0].size() != 1 || parts[0][0] != '0' + code / 100) return {};
  for (const auto part : parts) {
    if (part.empty() || part.size() > 3 || !std::ranges::all_of(part, is_digit)) return {};
  }
  return word;
}

// Bytes of the character of UTF-8 that `text` begins with; 0 when it is none.
std::size_t utf8_size(std::string_view text) {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (is_utf8(text.substr(0, size))) return size;
  }
  return 0;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

bool SmtpReply::offers(std::string_view extension) const {
  return std::ranges::any_of(lines, [&](std::string_view line) {
    return lower_ascii(line.substr(0, line.find(' '))) == lower_ascii(extension);
  });
}

std::string_view SmtpReply::parameters(std::string_view extension) const {
  for (const std::string_view line : lines) {
    const std::size_t blank = line.find(' ');
    if (blank != line.npos && lower_ascii(line.substr(0, blank)) == lower_ascii(extension))
      return trim(line.substr(blank));
  }
  return {};
}

std::string_view SmtpReply::enhanced() const {
  return lines.empty() ? std::string_view() : enhanced_of(lines.front(), code);
}

std::string SmtpReply::text() const {
  std::string all;
  for (const std::string_view line : lines) {
    const auto said = trim(line.substr(enhanced_of(line, code).size()));
    if (!all.empty() && !said.empty()) all += ' ';
    all += said;
    if (all.size() > 4 * kMostCharacters) break;
  }
  return readable_line(all);
}

Result<std::optional<SmtpReply>> SmtpReplyReader::take(std::string_view line) {
  const auto digit = [&](std::size_t at, char low, char high) {
    return line.size() > at && line[at] >= low && line[at] <= high;
  };
  const bool well_formed = digit(0, '2', '5') && digit(1, '0', '9') && digit(2, '0', '9') &&
                           (line.size() == 3 || line[3] == ' ' || line[3] == '-');
  if (!well_formed) return fail(ErrorCode::corrupt, "not a reply of SMTP");
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (!reply_.lines.empty() && code != reply_.code) {
    return fail(ErrorCode::corrupt, "a reply that changes its code from {} to {}", reply_.code,
                code);
  }
  if (reply_.lines.size() == kMostSmtpReplyLines)
    return fail(ErrorCode::limited, "a reply of more than {} lines", kMostSmtpReplyLines);
  reply_.code = code;
  reply_.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
  if (line.size() > 3 && line[3] == '-') return std::nullopt;
  return std::exchange(reply_, SmtpReply());
}

std::string readable_line(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  if (plain) return std::string(text.substr(0, kMostCharacters));
  std::string out;
  for (std::size_t characters = 0; !text.empty() && characters < kMostCharacters;) {
    const std::size_t size = utf8_size(text);
    const auto character = text.substr(0, std::max<std::size_t>(size, 1));
    text.remove_prefix(character.size());
    if (size != 0 && is_control(character)) continue;
    out += size == 0 ? std::string_view("?") : character;
    ++characters;
  }
  return out;
}

}  // namespace nocturn::net
