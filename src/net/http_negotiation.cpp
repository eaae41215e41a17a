#include "net/http_negotiation.h"

#include <algorithm>
#include <array>

namespace nocturn::net {
namespace {

constexpr int kFullWeight = 1000;
constexpr int kUnsaid = -1;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view strip(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

// A qvalue in thousandths (RFC 9110 section 12.4.2); what is none weighs nothing.
int parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int weight = (text[0] - '0') * kFullWeight;
  if (text.size() > 1 && text[1] != '.') return 0;
  int place = 100;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9') return 0;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return std::min(weight, kFullWeight);
}

struct Weighted {
  std::string_view name;
  int weight = kFullWeight;
};

Weighted parse_weighted(std::string_view item) {
  const auto semicolon = item.find(';');
  Weighted result{strip(item.substr(0, semicolon))};
  if (semicolon == std::string_view::npos) return result;
  const std::string_view parameter = strip(item.substr(semicolon + 1));
  if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') && parameter[1] == '=')
    result.weight = parse_weight(parameter.substr(2));
  return result;
}

}  // namespace

Encoding choose_encoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli) {
  int gzip = kUnsaid, brotli = kUnsaid, identity = kUnsaid, others = kUnsaid;
  while (!accept_encoding.empty()) {
    const auto comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const auto [name, weight] = parse_weighted(accept_encoding.substr(0, comma));
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    if (equal_ignoring_case(name, "gzip") || equal_ignoring_case(name, "x-gzip")) gzip = weight;
    if (equal_ignoring_case(name, "br")) brotli = weight;
    if (equal_ignoring_case(name, "identity")) identity = weight;
    if (name == "*") others = weight;
  }
  const auto weight_of = [&](int said) { return said == kUnsaid ? std::max(others, 0) : said; };
  Encoding best = Encoding::identity;
  // Unsaid, identity is acceptable but nobody's wish.
  int best_weight = identity == kUnsaid ? 0 : identity;
  if (has_gzip && weight_of(gzip) > 0 && weight_of(gzip) >= best_weight) {
    best = Encoding::gzip;
    best_weight = weight_of(gzip);
  }
  if (has_brotli && weight_of(brotli) > 0 && weight_of(brotli) >= best_weight)
    best = Encoding::brotli;
  return best;
}

bool matches_etag(std::string_view list, std::string_view etag, EtagComparison comparison) {
  if (strip(list) == "*") return true;
  while (true) {
    while (!list.empty() && (is_blank(list.front()) || list.front() == ',')) list.remove_prefix(1);
    const bool weak = list.starts_with("W/");
    if (weak) list.remove_prefix(2);
    if (!list.starts_with('"')) return false;
    const auto close = list.find('"', 1);
    if (close == std::string_view::npos) return false;
    const std::string_view candidate = list.substr(0, close + 1);
    if (candidate == etag && !(weak && comparison == EtagComparison::strong)) return true;
    list.remove_prefix(close + 1);
  }
}

}  // namespace nocturn::net
