#include "monitoring/probes/json_path.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/json.hpp>

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kLongestValue = 1024;

struct Step {
  std::string_view name;  // of a member; empty: an element
  std::size_t index = 0;
};

// Takes the first step off `path`; nothing when it cannot be read.
std::optional<Step> take_step(std::string_view& path) {
  if (path.starts_with('.')) {
    path.remove_prefix(1);
    const auto end = std::min(path.find_first_of(".["), path.size());
    const Step step{path.substr(0, end), 0};
    path.remove_prefix(end);
    if (step.name.empty()) return std::nullopt;
    return step;
  }
  const auto close = path.find(']');
  if (!path.starts_with('[') || close == path.npos) return std::nullopt;
  Step step;
  const auto [end, error] = std::from_chars(path.data() + 1, path.data() + close, step.index);
  if (error != std::errc() || end != path.data() + close) return std::nullopt;
  path.remove_prefix(close + 1);
  return step;
}

std::string text_of(const Json& value) {
  if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
  return boost::json::serialize(value).substr(0, kLongestValue);
}

}  // namespace

Status check_json_path(std::string_view path) {
  std::string_view rest = path;
  if (!rest.starts_with('$')) return fail(ErrorCode::invalid, "{}: a path starts with $", path);
  rest.remove_prefix(1);
  while (!rest.empty()) {
    if (!take_step(rest)) {
      return fail(ErrorCode::invalid, "{}: write a path like $.items[0].name", path);
    }
  }
  return {};
}

Result<std::string> json_at(const Json& document, std::string_view path) {
  TRY_STATUS(check_json_path(path));
  const Json* value = &document;
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    const Step step = *take_step(rest);
    if (const auto* object = value->if_object(); object != nullptr && !step.name.empty()) {
      value = object->if_contains({step.name.data(), step.name.size()});
    } else if (const auto* array = value->if_array(); array != nullptr && step.name.empty()) {
      value = array->if_contains(step.index);
    } else {
      value = nullptr;
    }
    if (value == nullptr) return fail(ErrorCode::not_found, "there is no {}", path);
  }
  return text_of(*value);
}

}  // namespace nocturn::monitoring
