#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "inventory/kind.h"
#include "inventory/model.h"
#include "inventory/yaml.h"

// From what stands in a file to a value of the wanted type. Nothing is converted by guessing: a
// number in quotes is no number, `yes` is no boolean, and the fault says what to write instead.
namespace nocturn::inventory {

// The value, or nothing after a fault. `what` names the place in words: `every of check
// catalog-eu01/z3950`.
std::optional<OptionValue> read_value(const Node& node, const OptionSpec& spec,
                                      std::string_view what, Report& report);

// Small letters, digits and hyphens, at most 63 bytes, first a letter or digit.
bool is_id(std::string_view text);
// The nearest id to a name: "Catalog EU01" becomes "catalog-eu01"; empty when nothing is left.
std::string as_id(std::string_view text);
// A host name (RFC 1123, section 2.1) or an IP address.
bool is_host(std::string_view text);
// An absolute http or https URL without user information; `invalid` says what is wrong.
Status check_url(std::string_view text);
// "10GiB" in bytes.
Result<std::int64_t> parse_size(std::string_view text);

}  // namespace nocturn::inventory
