#pragma once

#include <optional>
#include <span>
#include <string_view>

// How a kind of check declares itself: one constant table, from which validation, the JSON
// Schema, `--help` and the docs are made. Inventory checks configuration against it without
// knowing any probe.
namespace nocturn::inventory {

enum class OptionType { boolean, integer, real, text, duration, size, secret, text_list, section, pattern };

struct OptionSpec {
  std::string_view name;
  OptionType type;
  bool required = false;
  std::string_view default_text;                 // as in YAML; empty: none
  std::string_view sentence;                     // what it does, for people
  std::optional<double> lowest, highest;         // numbers only
  std::span<const std::string_view> choices;     // texts only; empty: any
  std::span<const OptionSpec> section;           // of a section
};

struct KindSpec {
  std::string_view name;       // "http": the key in a check
  std::string_view sentence;   // what passing means
  std::string_view example;    // one YAML flow mapping that loads
  std::span<const OptionSpec> options;
  std::string_view default_layer;  // "transaction", "service", …
};

}  // namespace nocturn::inventory
