#pragma once

#include <string>
#include <string_view>

// What the pages bring along: one style sheet, one script, the indicators' symbols. All are
// embedded in the program; the sheet and the symbols stand in the page itself, so that a page is
// complete in one request and a saved copy is, too.
namespace nocturn::web {

// The embedded template or asset of that path; another path is a broken invariant.
std::string_view asset(std::string_view path);

// Sheets stand in the page, without comments and indentation.
enum class Sheet { index, instance, index_copy, instance_copy, subscribe };
const std::string& style(Sheet sheet);
const std::string& style_hash(Sheet sheet);  // "sha256-…", for the Content-Security-Policy
const std::string& symbols();                // inline SVG

// `copy` is for static copies.
enum class Script { live, subscribe, copy };
const std::string& script(Script which);      // body of script_url()
const std::string& script_url(Script which);  // "/assets/live.<hash>.js": changes with the content

}  // namespace nocturn::web
