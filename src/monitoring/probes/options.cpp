#include "monitoring/probes/options.h"

#include "inventory/secret.h"

namespace nocturn::monitoring {
namespace {

using inventory::Options;

template <class T>
const T* find(const Options& options, std::string_view name) {
  const auto place = options.find(name);
  return place == options.end() ? nullptr : std::get_if<T>(&place->second.value);
}

}  // namespace

std::string_view text_option(const Options& options, std::string_view name,
                             std::string_view fallback) {
  const auto* text = find<std::string>(options, name);
  return text == nullptr ? fallback : std::string_view(*text);
}

std::int64_t integer_option(const Options& options, std::string_view name, std::int64_t fallback) {
  const auto* number = find<std::int64_t>(options, name);
  return number == nullptr ? fallback : *number;
}

double real_option(const Options& options, std::string_view name, double fallback) {
  if (const auto* number = find<double>(options, name)) return *number;
  if (const auto* number = find<std::int64_t>(options, name)) return static_cast<double>(*number);
  return fallback;
}

bool flag_option(const Options& options, std::string_view name, bool fallback) {
  const auto* flag = find<bool>(options, name);
  return flag == nullptr ? fallback : *flag;
}

const std::vector<std::string>& list_option(const Options& options, std::string_view name) {
  static const std::vector<std::string> none;
  const auto* list = find<std::vector<std::string>>(options, name);
  return list == nullptr ? none : *list;
}

const Options& section_option(const Options& options, std::string_view name) {
  static const Options none;
  const auto* section = find<Options>(options, name);
  return section == nullptr ? none : *section;
}

bool has_option(const Options& options, std::string_view name) { return options.contains(name); }

net::Family family_option(const Options& options) {
  const auto family = text_option(options, "ip_family", "any");
  if (family == "4") return net::Family::v4;
  if (family == "6") return net::Family::v6;
  return net::Family::any;
}

Result<std::string> read_secret(const Options& reference, const ProbeWorld& world) {
  return inventory::read_secret(reference, world.variable);
}

}  // namespace nocturn::monitoring
