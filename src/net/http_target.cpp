#include "net/http_target.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn::net {
namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<std::string> decode_part(std::string_view part) {
  std::string decoded = TRY(unescape_url(part, false));
  if (decoded.contains('/')) return fail(ErrorCode::invalid, "the path has an encoded slash");
  if (decoded.contains('\\')) return fail(ErrorCode::invalid, "the path has a backslash");
  if (decoded == "..") return fail(ErrorCode::invalid, "the path climbs up");
  if (has_control(decoded)) return fail(ErrorCode::invalid, "the path has a control character");
  if (!is_utf8(decoded)) return fail(ErrorCode::invalid, "the path is not UTF-8");
  return decoded;
}

Result<std::string> decode_path(std::string_view encoded) {
  std::string path;
  for (const std::string_view part : split(encoded, '/')) {
    const std::string decoded = TRY(decode_part(part));
    if (decoded.empty() || decoded == ".") continue;
    path += '/';
    path += decoded;
  }
  if (path.empty()) path += '/';
  return path;
}

Result<std::string> decode_query_text(std::string_view encoded) {
  std::string decoded = TRY(unescape_url(encoded, true));
  if (decoded.contains('\0')) return fail(ErrorCode::invalid, "the query has a NUL");
  if (!is_utf8(decoded)) return fail(ErrorCode::invalid, "the query is not UTF-8");
  return decoded;
}

}  // namespace

std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  // Scheme names have no case (RFC 3986 section 3.1).
  const std::string scheme = lower_ascii(target.substr(0, 8));
  std::size_t authority = 0;
  if (scheme.starts_with("http://")) authority = 7;
  if (scheme.starts_with("https://")) authority = 8;
  if (authority == 0) return {};
  const auto end = target.find_first_of("/?", authority);
  if (end == authority) return {};
  if (end == std::string_view::npos) return "/";
  // "http://host?query" has an empty path, which a query cannot follow in origin form.
  return target[end] == '?' ? std::string_view() : target.substr(end);
}

Result<DecodedTarget> decode_target(std::string_view origin) {
  if (!origin.starts_with('/')) return fail(ErrorCode::invalid, "the target has no path");
  if (origin.contains('#')) return fail(ErrorCode::invalid, "the target has a fragment");
  const auto question = origin.find('?');
  DecodedTarget target{TRY(decode_path(origin.substr(0, question))), {}};
  if (question == std::string_view::npos) return target;
  for (const std::string_view pair : split(origin.substr(question + 1), '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    std::string name = TRY(decode_query_text(pair.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) value = TRY(decode_query_text(pair.substr(equals + 1)));
    target.query.emplace_back(std::move(name), std::move(value));
  }
  return target;
}

}  // namespace nocturn::net
