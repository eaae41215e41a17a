#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// What people type into one line: names, addresses. Pure.
namespace nocturn {

inline constexpr std::size_t kLongestLine = 200;   // characters
inline constexpr std::size_t kLongestEmail = 254;  // bytes; RFC 5321 4.5.3.1.3, less the brackets

// Code points of UTF-8.
std::size_t characters(std::string_view text);
// At most so many bytes from its start, cut between characters: for messages that quote what came.
std::string_view beginning(std::string_view text, std::size_t bytes = 80);
// Control characters, and those that nobody sees and that make others be seen elsewhere or as
// commands: separators of lines, and marks that turn the direction of text around (Unicode TR 36,
// section 2.5). Hebrew names need none of them.
bool has_hidden(std::string_view text);

// One line without blanks at its ends, at most so many characters, nothing hidden. `what` names it
// in the message.
Result<std::string> spell_line(std::string_view what, std::string_view text,
                               std::size_t longest = kLongestLine);
// Empty, or something@something without blanks.
Result<std::string> spell_email(std::string_view text);

}  // namespace nocturn
