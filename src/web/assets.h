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
enum class Sheet { index, instance, index_copy, instance_copy };
const std::string& style(Sheet sheet);
const std::string& style_hash(Sheet sheet);  // "sha256-…", for the Content-Security-Policy
const std::string& symbols();                // inline SVG
const std::string& script();                 // body of script_url()
const std::string& script_url();  // "/assets/live.<hash>.js": the name changes with the content
// The same for static copies: "/assets/copy.<hash>.js".
const std::string& copy_script();
const std::string& copy_script_url();

}  // namespace nocturn::web
