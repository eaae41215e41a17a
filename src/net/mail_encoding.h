#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// How mail writes what is not short lines of ASCII; pure. All take UTF-8, and what they write is
// ASCII in lines of at most 76 characters, so that no server has a reason to change it.
namespace nocturn::net {

// The text with CRLF between its lines, however they ended: LF, CRLF or a bare CR.
std::string with_crlf(std::string_view text);

// RFC 2045, section 6.7; `text` has CRLF between its lines.
std::string to_quoted_printable(std::string_view text);
// RFC 2045, section 6.8: base64 in lines of 76, each with CRLF at its end.
std::string to_base64_lines(std::string_view text);
// How many bytes that gives.
std::size_t base64_lines_size(std::size_t bytes);

// RFC 2047: `text` as encoded words, a blank between two, in Q or B, whichever is shorter; each of
// at most 75 characters and of whole characters of `text`; the first of at most `first_room`
// (40 to 75) characters, for the header's name that stands before it. Good in phrases too.
std::string to_encoded_words(std::string_view text, std::size_t first_room);

// One header: `name`, a colon and `value` in lines of at most 78 characters where blanks allow it,
// with CRLF at its end. Lines are folded at single blanks only, so that unfolding gives `value`.
std::string folded_header(std::string_view name, std::string_view value);

}  // namespace nocturn::net
