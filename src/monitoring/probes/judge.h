#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/kind.h"

// What the kinds' judges (KindSpec::judge) have in common: objections to options that have the
// right type and yet would make a probe that can never tell anything. Pure.
namespace nocturn::monitoring {

using Objections = std::vector<inventory::Objection>;

// `value` in quotes, cut after 80 characters: "is \"x\"".
std::string is_quoted(std::string_view value);
// A host name (RFC 1123 section 2.1, also with underscores) or an IP address.
bool is_host_name(std::string_view text);

// `target` as host:port. Without a port `default_port` is taken; 0: the port must be given.
void judge_target(std::string_view target, std::uint16_t default_port, Objections& objections);
// A regular expression; `option` as in Objection.
void judge_pattern(std::string_view option, std::string_view pattern, Objections& objections);

}  // namespace nocturn::monitoring
