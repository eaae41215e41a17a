#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "status_page/status_page.h"

// Text that somebody else wrote, made fit to stand in a letter: it can neither end a header line
// nor turn the direction of what stands around it, and is as long as it may be. Pure.
namespace nocturn::notifications {

// One line of at most `most` characters, the last an ellipsis when more were cut off: controls and
// bidirectional controls are gone, runs of blanks and line breaks are one blank. What is not UTF-8
// becomes U+FFFD.
std::string one_line(std::string_view text, std::size_t most);

// The paragraphs of plain text: split at empty lines, each with its own line breaks (\n) and
// cleaned as above. At most `most` bytes together as they would be in HTML, markup and escapes
// counted; an ellipsis stands where more were cut off.
std::vector<std::string> paragraphs(std::string_view text, std::size_t most);
// What one of them counts for there.
std::size_t weight_of(std::string_view paragraph);

// The text as it stands in a sentence of `words`: isolated (UAX #9, section 2.4) where the
// directions of the two may differ.
std::string isolated(std::string_view text, const status_page::Words& words);

// A piece of text; a link where `url` says so, which then is its text.
struct Piece {
  std::string text;
  bool url = false;
};
// Web addresses within the text, of http and https only; punctuation after them is not theirs.
// At most `most_links`; what comes after stays text.
std::vector<Piece> with_links(std::string_view text, int most_links);

}  // namespace nocturn::notifications
