#pragma once

#include <string>
#include <string_view>
#include <vector>

// What outsiders said, made fit to be shown and kept: an Observation's reason and transcript.
namespace nocturn::monitoring {

// One line of UTF-8 without control characters, at most 256 bytes; what cannot be shown is a dot.
std::string printable_line(std::string_view line);

// Adds a line, made printable; the 65th and later are dropped.
void add_line(std::vector<std::string>& transcript, std::string_view line);

}  // namespace nocturn::monitoring
