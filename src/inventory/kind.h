#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/model.h"

// How a kind of check declares itself: one constant table, from which validation, the JSON
// Schema, `--help` and the docs are made. Inventory checks configuration against it without
// knowing any probe.
namespace nocturn::inventory {

// What a value may be in YAML, and what load() makes of it in an OptionValue. Options that have a
// default are always present after load().
enum class OptionType {
  boolean,    // bool
  integer,    // std::int64_t
  real,       // double
  text,       // std::string
  duration,   // Micros: "30s"
  size,       // std::int64_t, bytes: "10MiB"
  secret,     // Options with one of "file", "env", "credential" (texts): read when a probe needs it
  text_list,  // std::vector<std::string>; one scalar is a list of one, a number is its text
  text_map,   // Options whose values are texts; the keys are the writer's own; numbers as text
  section,    // Options, as `section` declares them
  pattern,    // std::string: a regular expression in RE2's syntax
  url,        // std::string: an absolute http or https URL without a password
  id,         // std::string: small letters, digits and hyphens, at most 63 bytes
  id_list,    // std::vector<std::string>
  time_zone,  // std::string: an IANA name that the system knows
  section_map,  // Options by id (the writer's own), each of them Options as `section` declares
  location,     // std::vector<std::string>, two reals: latitude and longitude in degrees
};

struct OptionSpec {
  std::string_view name;
  OptionType type;
  bool required = false;
  std::string_view default_text = {};  // as in YAML; empty: none
  std::string_view sentence = {};      // what it does, for people
  // Of numbers; of durations in seconds, of sizes in bytes.
  std::optional<double> lowest = {}, highest = {};
  std::span<const std::string_view> choices = {};  // texts only; empty: any
  // Of a section or of each in a section_map; empty: whoever reads it knows.
  std::span<const OptionSpec> section = {};
};

// What no type can say of options that have the right types: which one ("target", "expect.json"),
// what is wrong with it (`is "x"`) and what would be right.
struct Objection {
  std::string option, what, mend;
};
using Judge = std::vector<Objection> (*)(const Options& options);

struct KindSpec {
  std::string_view name;      // "http": the key in a check
  std::string_view sentence;  // what passing means
  std::string_view example;   // a check as a YAML flow mapping that loads: "{http: {…}}"
  std::span<const OptionSpec> options;
  std::string_view default_layer;  // "transaction", "service", …
  Judge judge = nullptr;           // asked when every option has the right type
};

}  // namespace nocturn::inventory
