#include "notifications/bounces/fields.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kMostGroups = 100, kMostFields = 200;
constexpr std::size_t kLongestAddress = 320;  // 64 + @ + 255 (RFC 5321 section 4.5.3.1)
constexpr std::size_t kLongestToken = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '@';
}

bool says_one_of(std::string_view lower, std::span<const std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return lower.find(phrase) != lower.npos; });
}

// 1 to 3 digits at `at`, which goes behind them; false when there are none or more.
bool take_number(std::string_view text, std::size_t& at) {
  const std::size_t from = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at > from && at - from <= 3;
}

// "#5.1.1" is a status, "10.5.1.1" and "5.1.1.7" are addresses of computers.
std::size_t end_of_status(std::string_view text, std::size_t from) {
  if (from > 0 && is_word(text[from - 1])) return from;
  if (text[from] != '2' && text[from] != '4' && text[from] != '5') return from;
  std::size_t at = from + 1;
  for (int part = 0; part < 2; ++part) {
    if (at >= text.size() || text[at] != '.') return from;
    if (!take_number(text, ++at)) return from;
  }
  const bool ends = at == text.size() || !is_word(text[at]) ||
                    (text[at] == '.' && (at + 1 == text.size() || !is_digit(text[at + 1])));
  return ends ? at : from;
}

}  // namespace

std::vector<Fields> field_groups(std::string_view text) {
  std::vector<Fields> groups(1);
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) {
      if (groups.size() == kMostGroups) break;
      if (!groups.back().empty()) groups.emplace_back();
      continue;
    }
    Fields& fields = groups.back();
    if (line.front() == ' ' || line.front() == '\t') {
      if (!fields.empty()) fields.back().value.append(" ").append(trim(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == line.npos || fields.size() == kMostFields) continue;
    fields.push_back({.name = lower_ascii(trim(line.substr(0, colon))),
                      .value = std::string(trim(line.substr(colon + 1)))});
  }
  if (groups.back().empty()) groups.pop_back();
  return groups;
}

std::string_view value_of(const Fields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? std::string_view() : found->value;
}

std::string address_in(std::string_view value) {
  value = value.substr(value.find(';') == value.npos ? 0 : value.find(';') + 1);
  if (const std::size_t open = value.find('<'); open != value.npos)
    value = value.substr(open + 1, value.find('>', open) - open - 1);
  value = trim(value);
  const bool is_sane = value.size() <= kLongestAddress && value.find('@') != value.npos &&
                       is_utf8(value) && std::none_of(value.begin(), value.end(), [](char c) {
                         const auto byte = static_cast<unsigned char>(c);
                         return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>';
                       });
  return is_sane ? std::string(value) : std::string();
}

std::string status_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (const std::size_t end = end_of_status(text, at); end > at)
      return std::string(text.substr(at, end - at));
  return {};
}

int reply_code_in(std::string_view text) {
  for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
    const bool starts = at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '-');
    const bool ends = at + 3 == text.size() || text[at + 3] == ' ' || text[at + 3] == '-';
    if (starts && ends && (text[at] == '4' || text[at] == '5') && is_digit(text[at + 1]) &&
        is_digit(text[at + 2]))
      return (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
  }
  return 0;
}

std::string token_in(std::string_view text) {
  text = trim(text);
  const bool is_token = text.size() <= kLongestToken &&
                        std::all_of(text.begin(), text.end(),
                                    [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
  return is_token ? std::string(text) : std::string();
}

Bounce::Kind meaning_of(std::string_view status, std::string_view said) {
  // In the words of several servers each.
  constexpr std::string_view kGone[] = {
      "user unknown",      "unknown user",        "no such user",       "does not exist",
      "doesn't exist",     "no mailbox here",     "no such recipient",  "recipient not found",
      "unknown recipient", "invalid recipient",   "mailbox not found",  "mailbox unavailable",
      "account disabled",  "account is disabled", "address not found",  "no longer valid",
      "recipnotfound",     "host not found",      "domain not found",   "unrouteable address",
      "unknown address",   "unknown local part",  "recipient rejected", "address unknown"};
  constexpr std::string_view kFull[] = {"mailbox full",   "mailbox is full",  "over quota",
                                        "quota exceeded", "exceeded storage", "out of space"};
  const std::string lower = lower_ascii(said);
  const int reply = reply_code_in(said);
  const bool is_permanent = status.empty() ? reply == 0 || reply >= 500 : status.starts_with('5');
  if (!is_permanent || says_one_of(lower, kFull)) return Bounce::Kind::soft;
  if (says_one_of(lower, kGone)) return Bounce::Kind::hard;
  if (status.empty())
    return reply == 550 || reply == 551 || reply == 553 ? Bounce::Kind::hard : Bounce::Kind::soft;
  // RFC 3463: subject 1 is the address; 2.1 a disabled mailbox; 4.1 and 4.4 a domain without a
  // server. The others are about this letter (size, content, policy) or that server's day.
  if (status == "5.1.8" || status == "5.1.7") return Bounce::Kind::soft;  // the sender's address
  const bool about_address =
      status.starts_with("5.1.") || status == "5.2.1" || status == "5.4.4" || status == "5.4.310";
  return about_address ? Bounce::Kind::hard : Bounce::Kind::soft;
}

}  // namespace nocturn::notifications
