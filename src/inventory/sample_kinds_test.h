#pragma once

#include <span>

#include "inventory/kind.h"

// Two kinds of check that no probe knows: one with an option of every type, one with none.
namespace nocturn::inventory {

inline constexpr std::string_view kSampleModes[] = {"fast", "slow"};

inline constexpr OptionSpec kSampleExpect[] = {
    {.name = "status",
     .type = OptionType::integer,
     .default_text = "200",
     .sentence = "the status wanted",
     .lowest = 100,
     .highest = 599},
    {.name = "body", .type = OptionType::text, .sentence = "a part of the body"},
};

inline constexpr OptionSpec kSampleOptions[] = {
    {.name = "target", .type = OptionType::text, .required = true, .sentence = "host and port"},
    {.name = "follow",
     .type = OptionType::boolean,
     .default_text = "true",
     .sentence = "go where the answer points"},
    {.name = "verify", .type = OptionType::boolean, .sentence = "check the certificate"},
    {.name = "count",
     .type = OptionType::integer,
     .default_text = "1",
     .sentence = "how many are wanted",
     .lowest = 0,
     .highest = 10},
    {.name = "ratio",
     .type = OptionType::real,
     .sentence = "how much is enough",
     .lowest = 0,
     .highest = 1},
    {.name = "wait",
     .type = OptionType::duration,
     .sentence = "a pause",
     .lowest = 0,
     .highest = 3600},
    {.name = "limit",
     .type = OptionType::size,
     .default_text = "1MiB",
     .sentence = "the most that is read",
     .lowest = 0,
     .highest = 2147483648.0},
    {.name = "password", .type = OptionType::secret, .sentence = "the password"},
    {.name = "words",
     .type = OptionType::text_list,
     .default_text = "[a, b]",
     .sentence = "words to look for"},
    {.name = "modes",
     .type = OptionType::text_list,
     .sentence = "how to look",
     .choices = kSampleModes},
    {.name = "headers", .type = OptionType::text_map, .sentence = "headers to send"},
    {.name = "expect",
     .type = OptionType::section,
     .sentence = "what is right",
     .section = kSampleExpect},
    {.name = "matches", .type = OptionType::pattern, .sentence = "a pattern of the answer"},
    {.name = "page", .type = OptionType::url, .sentence = "a page"},
};

inline constexpr KindSpec kSampleKinds[] = {
    {.name = "sample",
     .sentence = "an option of every type",
     .example = "{sample: {target: \"127.0.0.1:1\"}}",
     .options = kSampleOptions,
     .default_layer = "transaction"},
    {.name = "other",
     .sentence = "no options",
     .example = "{other: {}}",
     .options = {},
     .default_layer = "host"},
};

}  // namespace nocturn::inventory
