#include "inventory/section.h"

#include <algorithm>

#include "inventory/values.h"

namespace nocturn::inventory {
namespace {

template <class T>
T value_of(const Options& options, std::string_view key) {
  const auto found = options.find(key);
  const T* value = found == options.end() ? nullptr : std::get_if<T>(&found->second.value);
  return value == nullptr ? T{} : *value;
}

void refuse_unknown_keys(const Node& node, std::string_view what, std::span<const OptionSpec> keys,
                         std::span<const std::string_view> also_known, Report& report) {
  for (const Member& member : node.members) {
    if (std::ranges::find(keys, member.key, &OptionSpec::name) != keys.end()) continue;
    if (std::ranges::find(also_known, member.key) != also_known.end()) continue;
    std::vector<std::string_view> known(also_known.begin(), also_known.end());
    for (const OptionSpec& key : keys) known.push_back(key.name);
    report.add(member.mark, fmt::format("unknown key {} in {}", in_quotes(member.key), what),
               report.suggestion(member.key, known,
                                 fmt::format("known keys are {}", alternatives(known))));
    if (report.full()) return;
  }
}

// The default as if it stood in the file. Tables are ours: one that does not read is a bug there.
std::optional<OptionValue> read_default(const OptionSpec& key, const Node& section) {
  Report own({});
  Node node(Node::Kind::plain, section.mark, std::string(key.default_text));
  const bool structured = key.type == OptionType::text_list || key.type == OptionType::id_list ||
                          key.type == OptionType::text_map || key.type == OptionType::section;
  if (structured) {
    std::size_t nodes = 1'000;
    node = read_yaml(key.default_text, 0, nodes, own).value_or(Node{});
  }
  std::optional<OptionValue> value = read_value(node, key, key.name, own);
  CHECK(value && own.count() == 0);
  return value;
}

// An absent section with defaults inside is there with them; one that must be given is not.
std::optional<OptionValue> absent_section(const OptionSpec& key, const Node& section) {
  if (std::ranges::any_of(key.section, &OptionSpec::required)) return std::nullopt;
  Report own({});
  const Node empty(Node::Kind::mapping, section.mark);
  Options options = read_section(empty, key.name, key.section, own);
  if (options.empty()) return std::nullopt;
  return as_value(std::move(options));
}

}  // namespace

Options read_section(const Node& node, std::string_view what, std::span<const OptionSpec> keys,
                     Report& report, std::span<const std::string_view> also_known) {
  Options options;
  if (node.kind != Node::Kind::mapping) {
    report.add(node.mark,
               node.kind == Node::Kind::empty ? fmt::format("{} is empty", what)
                                              : fmt::format("{} is no mapping", what),
               "write its keys below it, indented, or as {key: value}");
    return options;
  }
  refuse_unknown_keys(node, what, keys, also_known, report);
  for (const OptionSpec& key : keys) {
    const Node* value_node = node.find(key.name);
    const bool left_to_caller = key.type == OptionType::section && key.section.empty();
    std::optional<OptionValue> value;
    if (value_node == nullptr) {
      if (key.required) {
        report.add(node.mark, fmt::format("{} lacks {}", what, key.name),
                   fmt::format("add \"{}: …\": {}", key.name, key.sentence));
      } else if (key.type == OptionType::section) {
        value = absent_section(key, node);
      } else if (!key.default_text.empty()) {
        value = read_default(key, node);
      }
    } else if (!left_to_caller) {
      value = read_value(*value_node, key, fmt::format("{} of {}", key.name, what), report);
    }
    if (value) options.emplace(key.name, std::move(*value));
  }
  return options;
}

OptionValue as_value(Options options) {
  OptionValue value;  // in two steps: g++ 12 warns of the unused alternatives otherwise
  value.value = std::move(options);
  return value;
}

std::string text_of(const Options& options, std::string_view key) {
  return value_of<std::string>(options, key);
}
std::vector<std::string> list_of(const Options& options, std::string_view key) {
  return value_of<std::vector<std::string>>(options, key);
}
std::int64_t integer_of(const Options& options, std::string_view key) {
  return value_of<std::int64_t>(options, key);
}
double real_of(const Options& options, std::string_view key) {
  return value_of<double>(options, key);
}
bool flag_of(const Options& options, std::string_view key) { return value_of<bool>(options, key); }
Micros duration_of(const Options& options, std::string_view key) {
  return value_of<Micros>(options, key);
}
bool has(const Options& options, std::string_view key) { return options.contains(key); }
const Options* section_of(const Options& options, std::string_view key) {
  const auto found = options.find(key);
  return found == options.end() ? nullptr : std::get_if<Options>(&found->second.value);
}

Mark mark_of(const Node& node, std::string_view key) {
  const Node* value = node.find(key);
  return value == nullptr ? node.mark : value->mark;
}

}  // namespace nocturn::inventory
