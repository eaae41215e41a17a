#pragma once

#include <string>

#include "status_page/words.h"

namespace nocturn::status_page {

// A small SVG image with the instance's name and indicator (shape, word and colour), for pages
// of institutions. Readable alone: title and role for screen readers.
std::string badge(const Row& row, const Words& words);

}  // namespace nocturn::status_page
