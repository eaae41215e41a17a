#pragma once

#include <span>
#include <string_view>

#include "inventory/kind.h"
#include "inventory/model.h"
#include "inventory/yaml.h"

// Reads a mapping whose keys are declared in a table. The table is all there is: what it does not
// name is a fault, and the JSON Schema is made from it.
namespace nocturn::inventory {

// The values that are right, with defaults for those that are absent. `what` names the section:
// "instance catalog-eu01". Faults: no mapping, unknown keys (but `also_known`, which others read),
// missing required keys, wrong values. A section whose own table is empty is left to the caller.
Options read_section(const Node& node, std::string_view what, std::span<const OptionSpec> keys,
                     Report& report, std::span<const std::string_view> also_known = {});

// Options as the value of an option.
OptionValue as_value(Options options);

// What read_section() found, or the type's empty value after a fault.
std::string text_of(const Options& options, std::string_view key);
std::vector<std::string> list_of(const Options& options, std::string_view key);
std::int64_t integer_of(const Options& options, std::string_view key);
double real_of(const Options& options, std::string_view key);
bool flag_of(const Options& options, std::string_view key);
Micros duration_of(const Options& options, std::string_view key);
bool has(const Options& options, std::string_view key);
const Options* section_of(const Options& options, std::string_view key);  // null: absent

// Where the value of a key stands; the section's own place when it is absent.
Mark mark_of(const Node& node, std::string_view key);

// The place of the text in its list of choices, as an enumerator; the first one after a fault.
template <class Enumeration>
Enumeration choice_of(const Options& options, std::string_view key,
                      std::span<const std::string_view> choices) {
  const std::string text = text_of(options, key);
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i] == text) return static_cast<Enumeration>(i);
  return Enumeration{};
}

}  // namespace nocturn::inventory
