#include "net/endpoint.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "base/text.h"

namespace nocturn::net {
namespace {

constexpr std::int64_t kLongestCursor = 1024;

}  // namespace

const std::string& Call::path_parameter(std::string_view name) const {
  for (const auto& [known, value] : path_parameters)
    if (known == name) return value;
  CHECK(false && "the endpoint's path names no such parameter");
}

std::optional<std::string> Call::parameter(std::string_view name) const {
  for (const auto& [known, value] : request.query)
    if (known == name) return value;
  return std::nullopt;
}

std::optional<std::int64_t> Call::integer_parameter(std::string_view name) const {
  const auto text = parameter(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

std::optional<WallTime> Call::time_parameter(std::string_view name) const {
  const auto text = parameter(name);
  if (!text) return std::nullopt;
  const auto time = from_rfc3339(*text);
  return time ? std::optional(*time) : std::nullopt;
}

std::string Call::text(std::string_view field) const {
  const Json* value = body.get_object().if_contains(field);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::string> Call::expected_version() const {
  std::string_view tag = trim(request.header("if-match"));
  if (tag.empty() || tag == "*") return std::nullopt;
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  if (tag.ends_with(kPackedSuffix)) tag.remove_suffix(kPackedSuffix.size());
  return std::string(tag);
}

Status Call::expect_version(std::string_view current) const {
  const auto expected = expected_version();
  if (!expected || *expected == current) return {};
  return fail(ErrorCode::precondition, "it has changed since you saw it; look again");
}

std::unexpected<Error> Call::refuse(std::vector<ShapeFault> mistakes) const {
  Error error = to_error(mistakes);
  if (faults != nullptr) *faults = std::move(mistakes);
  return std::unexpected(std::move(error));
}

std::vector<Parameter> page_parameters(std::int64_t most) {
  return {{"limit", shape::integer("How many at most.", 1, most)},
          {"cursor", shape::text("The \"next\" of the page before.", 1, kLongestCursor)}};
}

Result<PageRequest> page_of(const Call& call, std::int64_t usual) {
  PageRequest page{.limit = static_cast<std::size_t>(usual), .after = {}};
  if (const auto limit = call.integer_parameter("limit"))
    page.limit = static_cast<std::size_t>(*limit);
  if (const auto cursor = call.parameter("cursor")) {
    const auto key = from_hex(*cursor);
    if (!key) return fail(ErrorCode::invalid, "cursor is none that this list gave out");
    page.after = as_text(*key);
  }
  return page;
}

std::string cursor_after(std::string_view key) { return to_hex(as_bytes(key)); }

Result<Slice> slice_of(const std::vector<std::string_view>& keys, const PageRequest& page) {
  Slice slice;
  if (!page.after.empty()) {
    const auto last = std::ranges::find(keys, page.after);
    if (last == keys.end())
      return fail(ErrorCode::conflict, "the list has changed where this page begins; start again");
    slice.from = static_cast<std::size_t>(last - keys.begin()) + 1;
  }
  CHECK(page.limit > 0);
  slice.until = std::min(keys.size(), slice.from + page.limit);
  if (slice.until < keys.size()) slice.next = cursor_after(keys[slice.until - 1]);
  return slice;
}

Shape::Field next_field() {
  return {"next", shape::text("The cursor of the next page; null on the last.").or_null()};
}

}  // namespace nocturn::net
