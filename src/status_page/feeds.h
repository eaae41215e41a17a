#pragma once

#include <string>

#include "status_page/words.h"

// Incidents and notices as Atom (RFC 4287) and RSS 2.0. One entry for an incident; it keeps its
// id while updates are added. Pure.
namespace nocturn::status_page {

// Of all multi-tenant instances (`row` null), or of one row; the newest 50 entries.
std::string atom_feed(const View& view, const Row* row, const Words& words);
std::string rss_feed(const View& view, const Row* row, const Words& words);

}  // namespace nocturn::status_page
