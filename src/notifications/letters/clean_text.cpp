#include "notifications/letters/clean_text.h"

#include <algorithm>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.h"

namespace nocturn::notifications {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kLongestLink = 300;
constexpr std::size_t kMarkupOfLine = 24;  // of a paragraph, or a break

// LRE, RLE, PDF, LRO, RLO and the isolates: they would reach past the end of the text.
bool turns_direction(UChar32 c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_dropped(UChar32 c) {
  return turns_direction(c) || c == 0xFEFF || c == 0x7F || (c >= 0x80 && c < 0xA0 && c != 0x85);
}

bool is_blank(UChar32 c) {
  return c <= 0x20 || c == 0x85 || c == 0xA0 || c == 0x2028 || c == 0x2029;
}

UChar32 next(std::string_view text, std::size_t& at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  UChar32 c = 0;
  // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): so is the macro of ICU
  U8_NEXT_OR_FFFD(bytes, at, text.size(), c);
  return c;
}

void append(std::string& out, UChar32 c) {
  char bytes[U8_MAX_LENGTH];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(bytes, static_cast<std::size_t>(length));
}

bool has_right_to_left(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto direction = u_charDirection(next(text, at));
    if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC) return true;
  }
  return false;
}

// Where the next web address begins; npos where none does.
std::size_t find_link(std::string_view lower, std::size_t from) {
  for (std::size_t at = lower.find("http", from); at != lower.npos;
       at = lower.find("http", at + 1)) {
    const std::string_view rest = lower.substr(at);
    const bool is_word_start = at == 0 || !u_isalnum(static_cast<unsigned char>(lower[at - 1]));
    if (is_word_start && (rest.starts_with("http://") || rest.starts_with("https://"))) return at;
  }
  return lower.npos;
}

std::size_t end_of_link(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && static_cast<unsigned char>(text[end]) > 0x20 &&
         static_cast<unsigned char>(text[end]) < 0x7F &&
         std::string_view("<>\"`{}|\\^").find(text[end]) == std::string_view::npos)
    ++end;
  while (end > from &&
         std::string_view(".,;:!?)]'*_~").find(text[end - 1]) != std::string_view::npos)
    --end;
  return end;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t count = 0, keep = 0;  // `keep`: bytes that fit together with an ellipsis
  bool blank = false;
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 c = next(text, at);
    if (is_blank(c)) {
      blank = !out.empty();
      continue;
    }
    if (is_dropped(c)) continue;
    const std::size_t more = blank ? 2 : 1;
    if (count + more > most) return out.substr(0, keep) + std::string(kEllipsis);
    if (blank) out += ' ';
    append(out, c);
    blank = false;
    count += more;
    if (count < most) keep = out.size();
  }
  return out;
}

std::vector<std::string> paragraphs(std::string_view text, std::size_t most) {
  std::vector<std::string> out;
  bool open = false;  // the last paragraph goes on
  std::string breaks(text);
  for (std::size_t at = 0; (at = breaks.find('\r', at)) != breaks.npos;) {
    if (at + 1 < breaks.size() && breaks[at + 1] == '\n')
      breaks.erase(at, 1);
    else
      breaks[at] = '\n';
  }
  std::size_t used = 0;
  for (const std::string_view raw : split(breaks, '\n')) {
    std::string line = one_line(raw, raw.size() + 1);
    if (line.empty()) {
      open = false;
      continue;
    }
    const std::size_t cost = weight_of(line);
    if (used + cost > most) {
      // A character costs six bytes at most, as &quot; does.
      const std::size_t room = (most - std::min(most, used + kMarkupOfLine)) / 6;
      line = one_line(line, std::max<std::size_t>(room, 1));
    }
    if (open)
      out.back() += "\n" + line;
    else
      out.push_back(line);
    if (used + cost > most) break;
    used += cost;
    open = true;
  }
  return out;
}

std::size_t weight_of(std::string_view paragraph) {
  return escape_markup(paragraph).size() + kMarkupOfLine * split(paragraph, '\n').size();
}

std::string isolated(std::string_view text, const status_page::Words& words) {
  if (!words.right_to_left() && !has_right_to_left(text)) return std::string(text);
  return fmt::format("\u2068{}\u2069", text);
}

std::vector<Piece> with_links(std::string_view text, int most_links) {
  std::vector<Piece> pieces;
  const std::string lower = lower_ascii(text);
  std::size_t done = 0;
  for (std::size_t at = 0; most_links > 0 && (at = find_link(lower, at)) != lower.npos;) {
    const std::size_t end = end_of_link(text, at);
    const bool has_host = end > at + std::string_view("https://").size();
    if (!has_host || end - at > kLongestLink) {
      at = std::max(end, at + 1);
      continue;
    }
    if (at > done) pieces.push_back({std::string(text.substr(done, at - done))});
    pieces.push_back({std::string(text.substr(at, end - at)), true});
    done = at = end;
    --most_links;
  }
  if (done < text.size()) pieces.push_back({std::string(text.substr(done))});
  return pieces;
}

}  // namespace nocturn::notifications
