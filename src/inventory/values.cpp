#include "inventory/values.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time_zone.h"
#include "inventory/section.h"

namespace nocturn::inventory {
namespace {

using Value = std::optional<OptionValue>;

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::empty: return "nothing";
    case Node::Kind::plain:
    case Node::Kind::quoted: return "a text";
    case Node::Kind::list: return "a list";
    case Node::Kind::mapping: return "a mapping";
  }
  return "nothing";
}

std::nullopt_t wrong_shape(const Node& node, std::string_view what, std::string_view wanted,
                           Report& report) {
  if (node.kind == Node::Kind::empty) {
    report.add(node.mark, fmt::format("{} has no value", what),
               fmt::format("write {}, or leave the key out", wanted));
  } else {
    report.add(node.mark, fmt::format("{} is {}", what, name_of(node.kind)),
               fmt::format("write {}", wanted));
  }
  return std::nullopt;
}

std::nullopt_t wrong(const Node& node, std::string_view what, std::string mend, Report& report) {
  report.add(node.mark, fmt::format("{} is {}", what, in_quotes(node.text)), std::move(mend));
  return std::nullopt;
}

Value read_boolean(const Node& node, std::string_view what, Report& report) {
  if (!node.scalar()) return wrong_shape(node, what, "true or false", report);
  if (node.kind == Node::Kind::plain && node.text == "true") return OptionValue{true};
  if (node.kind == Node::Kind::plain && node.text == "false") return OptionValue{false};
  const std::string word = lower_ascii(node.text);
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
  };
  const std::string_view quotes = node.kind == Node::Kind::quoted ? ", without quotes" : "";
  if (is({"yes", "on", "y", "true", "1"}))
    return wrong(node, what, fmt::format("write true{}", quotes), report);
  if (is({"no", "off", "n", "false", "0"}))
    return wrong(node, what, fmt::format("write false{}", quotes), report);
  return wrong(node, what, "write true or false", report);
}

// Decimal, without sign "+", leading zeros, exponent, underscores or another base.
bool is_decimal(std::string_view text, bool fraction_allowed) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
  text.remove_prefix(digits);
  if (text.empty()) return true;
  if (!fraction_allowed || text[0] != '.' || text.size() == 1) return false;
  return text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string number_text(double number) { return fmt::format("{}", number); }

// "from 1 to 100", "at least 1", "at most 100"; empty without bounds.
std::string bounds_text(const OptionSpec& spec, std::string (*text)(double)) {
  if (spec.lowest && spec.highest)
    return fmt::format("from {} to {}", text(*spec.lowest), text(*spec.highest));
  if (spec.lowest) return fmt::format("at least {}", text(*spec.lowest));
  if (spec.highest) return fmt::format("at most {}", text(*spec.highest));
  return {};
}

bool within(double number, const OptionSpec& spec) {
  return (!spec.lowest || number >= *spec.lowest) && (!spec.highest || number <= *spec.highest);
}

Value read_number(const Node& node, const OptionSpec& spec, std::string_view what, Report& report) {
  const bool integer = spec.type == OptionType::integer;
  std::string wanted = integer ? "a whole number" : "a decimal number";
  if (const std::string bounds = bounds_text(spec, number_text); !bounds.empty())
    wanted += " " + bounds;
  if (!node.scalar()) return wrong_shape(node, what, wanted, report);
  if (node.kind == Node::Kind::quoted && is_decimal(node.text, !integer))
    return wrong(node, what, fmt::format("write {} without quotes", node.text.substr(0, 40)),
                 report);
  if (!is_decimal(node.text, !integer))
    return wrong(node, what, fmt::format("write {}, in plain digits", wanted), report);

  const char *first = node.text.data(), *last = first + node.text.size();
  OptionValue value;
  double number = 0;
  if (integer) {
    std::int64_t whole = 0;
    // Canonical JSON carries whole numbers up to 2^53 - 1.
    constexpr std::int64_t kLargest = (std::int64_t{1} << 53) - 1;
    if (std::from_chars(first, last, whole).ec != std::errc{} || whole > kLargest ||
        whole < -kLargest) {
      return wrong(node, what, fmt::format("write {}", wanted), report);
    }
    value.value = whole;
    number = static_cast<double>(whole);
  } else {
    if (std::from_chars(first, last, number).ec != std::errc{} || !std::isfinite(number))
      return wrong(node, what, fmt::format("write {}", wanted), report);
    if (number == 0) number = 0;  // no negative zero
    value.value = number;
  }
  if (!within(number, spec)) return wrong(node, what, fmt::format("write {}", wanted), report);
  return value;
}

Value read_text(const Node& node, const OptionSpec& spec, std::string_view what, Report& report) {
  if (!node.scalar()) {
    const std::string wanted =
        spec.choices.empty() ? std::string("a text") : alternatives(spec.choices);
    return wrong_shape(node, what, wanted, report);
  }
  if (!spec.choices.empty() && std::ranges::find(spec.choices, node.text) == spec.choices.end()) {
    return wrong(node, what,
                 report.suggestion(node.text, spec.choices,
                                   fmt::format("write {}", alternatives(spec.choices))),
                 report);
  }
  if (spec.required && trim(node.text).empty()) return wrong(node, what, "write a text", report);
  return OptionValue{node.text};
}

std::string duration_text(double seconds) {
  return to_text(Micros(static_cast<std::int64_t>(seconds * 1e6)));
}

Value read_duration(const Node& node, const OptionSpec& spec, std::string_view what,
                    Report& report) {
  constexpr std::string_view kWanted = "a duration like 30s, 5m, 1h or 7d";
  if (!node.scalar()) return wrong_shape(node, what, kWanted, report);
  const Result<Micros> duration = parse_duration(node.text);
  if (!duration) {
    if (is_decimal(node.text, false) && !node.text.starts_with('-') && node.text.size() < 10)
      return wrong(node, what, fmt::format("write the unit: {}s?", node.text), report);
    return wrong(node, what, fmt::format("write {}", kWanted), report);
  }
  if (!within(std::chrono::duration<double>(*duration).count(), spec))
    return wrong(node, what, fmt::format("write a duration {}", bounds_text(spec, duration_text)),
                 report);
  return OptionValue{*duration};
}

std::string size_text(double bytes) {
  constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; unit + 1 < std::size(kUnits) && bytes >= 1024 && std::fmod(bytes, 1024) == 0; ++unit)
    bytes /= 1024;
  return fmt::format("{}{}", bytes, kUnits[unit]);
}

Value read_size(const Node& node, const OptionSpec& spec, std::string_view what, Report& report) {
  constexpr std::string_view kWanted = "a size like 512B, 64KiB, 10MiB or 2GiB";
  if (!node.scalar()) return wrong_shape(node, what, kWanted, report);
  const Result<std::int64_t> size = parse_size(node.text);
  if (!size) return wrong(node, what, fmt::format("write {}", kWanted), report);
  if (!within(static_cast<double>(*size), spec))
    return wrong(node, what, fmt::format("write a size {}", bounds_text(spec, size_text)), report);
  return OptionValue{*size};
}

Value read_secret(const Node& node, std::string_view what, Report& report) {
  constexpr std::string_view kSources[] = {"file", "env", "credential"};
  constexpr std::string_view kMend = "write {file: …}, {env: …} or {credential: …}";
  if (node.kind != Node::Kind::mapping) {
    // Never repeat what stands there: it may be the secret.
    report.add(node.mark, fmt::format("{} does not say where the secret is", what),
               fmt::format("a secret never stands in the configuration; {}", kMend));
    return std::nullopt;
  }
  if (node.members.size() != 1 ||
      std::ranges::find(kSources, node.members[0].key) == std::end(kSources) ||
      !node.members[0].value.scalar() || node.members[0].value.text.empty()) {
    report.add(node.mark, fmt::format("{} names not one source of a secret", what),
               std::string(kMend));
    return std::nullopt;
  }
  Options source;
  source[node.members[0].key] = OptionValue{node.members[0].value.text};
  return as_value(std::move(source));
}

Value read_pattern(const Node& node, std::string_view what, Report& report) {
  if (!node.scalar()) return wrong_shape(node, what, "a regular expression", report);
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);
  const RE2 pattern(node.text, options);
  if (!pattern.ok())
    return wrong(node, what, fmt::format("mend the regular expression: {}", pattern.error()),
                 report);
  return OptionValue{node.text};
}

// Whether one text is as the type wants it; else what to write.
std::optional<std::string> mend_of(std::string_view text, OptionType type) {
  switch (type) {
    case OptionType::url:
      if (const Status status = check_url(text); !status) return status.error().message;
      return std::nullopt;
    case OptionType::id:
    case OptionType::id_list: {
      if (is_id(text)) return std::nullopt;
      const std::string near = as_id(text);
      if (near.empty()) return "write small letters, digits and hyphens";
      return fmt::format("write {}: small letters, digits and hyphens, at most 63", near);
    }
    case OptionType::time_zone:
      if (TimeZone::find(text)) return std::nullopt;
      if (const std::string meant = TimeZone::meant_by(text); !meant.empty())
        return fmt::format("did you mean \"{}\"?", meant);
      return "write the IANA name of a zone, like Europe/Amsterdam";
    default: return std::nullopt;
  }
}

Value read_checked_text(const Node& node, const OptionSpec& spec, std::string_view what,
                        Report& report) {
  const std::string_view wanted = spec.type == OptionType::url ? "a URL"
                                  : spec.type == OptionType::id
                                      ? "an id"
                                      : "a time zone like Europe/Amsterdam";
  if (!node.scalar()) return wrong_shape(node, what, wanted, report);
  const auto mend = mend_of(node.text, spec.type);
  if (!mend) return OptionValue{node.text};
  if (spec.type == OptionType::url && node.text.contains('@')) {
    // Never repeat what stands there: it may hold a password.
    report.add(node.mark, fmt::format("{} is no URL that can be used", what), *mend);
    return std::nullopt;
  }
  return wrong(node, what, *mend, report);
}

Value read_list(const Node& node, const OptionSpec& spec, std::string_view what, Report& report) {
  std::vector<std::string> texts;
  bool good = true;
  const auto take = [&](const Node& item) {
    if (!item.scalar()) {
      wrong_shape(item, fmt::format("an item of {}", what), "a text", report);
      good = false;
    } else if (const auto mend = mend_of(item.text, spec.type)) {
      wrong(item, fmt::format("an item of {}", what), *mend, report);
      good = false;
    } else if (!spec.choices.empty() &&
               std::ranges::find(spec.choices, item.text) == spec.choices.end()) {
      wrong(item, fmt::format("an item of {}", what),
            report.suggestion(item.text, spec.choices,
                              fmt::format("write {}", alternatives(spec.choices))),
            report);
      good = false;
    } else {
      texts.push_back(item.text);
    }
  };
  if (node.kind == Node::Kind::list) {
    texts.reserve(node.items.size());
    for (const Node& item : node.items) take(item);
  } else if (node.scalar()) {
    take(node);
  } else {
    return wrong_shape(node, what, "a list", report);
  }
  if (!good) return std::nullopt;
  return OptionValue{std::move(texts)};
}

Value read_map(const Node& node, std::string_view what, Report& report) {
  if (node.kind != Node::Kind::mapping)
    return wrong_shape(node, what, "a mapping of texts", report);
  Options map;
  bool good = true;
  for (const Member& member : node.members) {
    if (member.value.scalar()) {
      map[member.key] = OptionValue{member.value.text};
    } else {
      wrong_shape(member.value, fmt::format("{} in {}", in_quotes(member.key), what), "a text",
                  report);
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return as_value(std::move(map));
}

// What stands below ids that the writer chose: "staff in providers of sign_in".
Value read_section_map(const Node& node, const OptionSpec& spec, std::string_view what,
                       Report& report) {
  if (node.kind != Node::Kind::mapping) return wrong_shape(node, what, "a mapping of ids", report);
  Options map;
  for (const Member& member : node.members) {
    const std::string entry = fmt::format("{} in {}", member.key.substr(0, 80), what);
    if (const auto mend = mend_of(member.key, OptionType::id))
      report.add(member.mark, fmt::format("{} is no id in {}", in_quotes(member.key), what), *mend);
    map[member.key] = as_value(read_section(member.value, entry, spec.section, report));
  }
  return as_value(std::move(map));
}

Value read_location(const Node& node, std::string_view what, Report& report) {
  constexpr std::string_view kWanted = "[latitude, longitude] in degrees, like [52.37, 4.90]";
  if (node.kind != Node::Kind::list || node.items.size() != 2)
    return wrong_shape(node, what, kWanted, report);
  const OptionSpec axes[] = {
      {.name = "latitude", .type = OptionType::real, .lowest = -90, .highest = 90},
      {.name = "longitude", .type = OptionType::real, .lowest = -180, .highest = 180}};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string axis = fmt::format("{} of {}", axes[i].name, what);
    if (!read_value(node.items[i], axes[i], axis, report)) return std::nullopt;
    texts.push_back(node.items[i].text);
  }
  return OptionValue{std::move(texts)};
}

}  // namespace

std::optional<OptionValue> read_value(const Node& node, const OptionSpec& spec,
                                      std::string_view what, Report& report) {
  switch (spec.type) {
    case OptionType::boolean: return read_boolean(node, what, report);
    case OptionType::integer:
    case OptionType::real: return read_number(node, spec, what, report);
    case OptionType::text: return read_text(node, spec, what, report);
    case OptionType::duration: return read_duration(node, spec, what, report);
    case OptionType::size: return read_size(node, spec, what, report);
    case OptionType::secret: return read_secret(node, what, report);
    case OptionType::text_list:
    case OptionType::id_list: return read_list(node, spec, what, report);
    case OptionType::text_map: return read_map(node, what, report);
    case OptionType::section: return as_value(read_section(node, what, spec.section, report));
    case OptionType::section_map: return read_section_map(node, spec, what, report);
    case OptionType::pattern: return read_pattern(node, what, report);
    case OptionType::url:
    case OptionType::id:
    case OptionType::time_zone: return read_checked_text(node, spec, what, report);
    case OptionType::location: return read_location(node, what, report);
  }
  return std::nullopt;
}

}  // namespace nocturn::inventory
