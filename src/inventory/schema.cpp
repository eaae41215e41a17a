#include <boost/json.hpp>

#include "base/json.h"
#include "inventory/cloud_keys.h"
#include "inventory/inventory.h"
#include "inventory/values.h"

// JSON Schema 2020-12 of a configuration file, made from the tables by which files are read. It
// knows the shape; references, unique names and intervals only load() can judge.
namespace nocturn::inventory {
namespace {

constexpr std::string_view kIdPattern = "^[a-z0-9][a-z0-9-]{0,62}$";

JsonObject section_schema(std::span<const OptionSpec> keys);

JsonArray names_of(std::span<const std::string_view> names) {
  JsonArray array;
  for (const std::string_view name : names) array.emplace_back(name);
  return array;
}

// Where a text is wanted, YAML may write it so that others take it for a number or boolean.
JsonObject text_schema(const OptionSpec& key) {
  if (!key.choices.empty()) return {{"enum", names_of(key.choices)}};
  return {{"type", JsonArray{"string", "number", "boolean"}}};
}

JsonObject list_schema(JsonObject item) {
  JsonObject list{{"type", "array"}, {"items", item}};
  return {{"anyOf", JsonArray{std::move(list), std::move(item)}}};
}

JsonObject number_schema(const OptionSpec& key) {
  JsonObject schema{{"type", key.type == OptionType::integer ? "integer" : "number"}};
  if (key.lowest) schema["minimum"] = *key.lowest;
  if (key.highest) schema["maximum"] = *key.highest;
  return schema;
}

JsonObject secret_schema() {
  JsonObject sources;
  for (const std::string_view source : {"file", "env", "credential"})
    sources[source] = JsonObject{{"type", "string"}, {"minLength", 1}};
  return {{"type", "object"},
          {"properties", std::move(sources)},
          {"additionalProperties", false},
          {"minProperties", 1},
          {"maxProperties", 1}};
}

JsonObject location_schema() {
  const JsonObject latitude{{"type", "number"}, {"minimum", -90}, {"maximum", 90}};
  const JsonObject longitude{{"type", "number"}, {"minimum", -180}, {"maximum", 180}};
  return {{"type", "array"},
          {"prefixItems", JsonArray{latitude, longitude}},
          {"items", false},
          {"minItems", 2}};
}

JsonObject keyed_schema(JsonObject entry) {
  return {{"type", "object"},
          {"propertyNames", JsonObject{{"pattern", kIdPattern}}},
          {"additionalProperties", std::move(entry)}};
}

JsonObject value_schema(const OptionSpec& key) {
  switch (key.type) {
    case OptionType::boolean: return {{"type", "boolean"}};
    case OptionType::integer:
    case OptionType::real: return number_schema(key);
    case OptionType::text:
    case OptionType::pattern:
    case OptionType::time_zone: return text_schema(key);
    case OptionType::duration:
      return {{"type", "string"}, {"pattern", "^([0-9]+(d|h|m|s|ms|us))+$"}};
    case OptionType::size: return {{"type", "string"}, {"pattern", "^[0-9]+([KMGT]i)?B$"}};
    case OptionType::secret: return secret_schema();
    case OptionType::text_list: return list_schema(text_schema(key));
    case OptionType::id_list: return list_schema({{"type", "string"}, {"pattern", kIdPattern}});
    case OptionType::text_map:
      return {{"type", "object"}, {"additionalProperties", text_schema({"", OptionType::text})}};
    case OptionType::section:
      // The one section that reads itself: the checks of an instance.
      if (key.section.empty()) return keyed_schema({{"$ref", "#/$defs/check"}});
      return section_schema(key.section);
    case OptionType::section_map: return keyed_schema(section_schema(key.section));
    case OptionType::url: return {{"type", "string"}, {"pattern", "^https?://"}};
    case OptionType::id: return {{"type", "string"}, {"pattern", kIdPattern}};
    case OptionType::location: return location_schema();
  }
  return {};
}

JsonObject described_schema(const OptionSpec& key) {
  JsonObject schema = value_schema(key);
  schema["description"] = key.sentence;
  if (key.default_text.empty()) return schema;
  switch (key.type) {
    case OptionType::boolean: schema["default"] = key.default_text == "true"; break;
    case OptionType::integer:
    case OptionType::real: schema["default"] = std::stod(std::string(key.default_text)); break;
    case OptionType::text:
    case OptionType::duration:
    case OptionType::size: schema["default"] = key.default_text; break;
    default: break;
  }
  return schema;
}

JsonObject section_schema(std::span<const OptionSpec> keys) {
  JsonObject properties;
  JsonArray required;
  for (const OptionSpec& key : keys) {
    properties[key.name] = described_schema(key);
    if (key.required) required.emplace_back(key.name);
  }
  JsonObject schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

JsonObject check_schema(std::span<const KindSpec> kinds) {
  JsonObject schema = section_schema(kCheckKeys);
  JsonArray one_kind;
  for (const KindSpec& kind : kinds) {
    JsonObject options = section_schema(kind.options);
    if (!options.contains("required")) options["type"] = JsonArray{"object", "null"};
    options["description"] = kind.sentence;
    schema["properties"].as_object()[kind.name] = std::move(options);
    one_kind.push_back(JsonObject{{"required", JsonArray{kind.name}}});
  }
  if (!one_kind.empty()) schema["oneOf"] = std::move(one_kind);
  return schema;
}

JsonObject part_schema(const Part& part) {
  JsonObject entry = section_schema(part.keys);
  JsonObject schema;
  switch (part.shape) {
    case Part::Shape::single: schema = std::move(entry); break;
    case Part::Shape::by_id: schema = keyed_schema(std::move(entry)); break;
    case Part::Shape::list: schema = {{"type", "array"}, {"items", std::move(entry)}}; break;
  }
  schema["type"] = JsonArray{schema["type"], "null"};
  schema["description"] = part.sentence;
  return schema;
}

}  // namespace

std::string schema(std::span<const KindSpec> kinds) {
  JsonObject parts;
  for (const Part& part : kParts) parts[part.name] = part_schema(part);
  Result<std::string> text = canonical_json(
      JsonObject{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Nocturn configuration"},
                 {"description", "One file; all files of the folder are merged by key."},
                 {"type", JsonArray{"object", "null"}},
                 {"properties", std::move(parts)},
                 {"additionalProperties", false},
                 {"$defs", JsonObject{{"check", check_schema(kinds)}}}});
  CHECK(text);
  return std::move(*text);
}

}  // namespace nocturn::inventory
