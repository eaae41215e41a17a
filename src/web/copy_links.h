#pragma once

#include <functional>
#include <string>
#include <string_view>

// Links of a page when its site is copied into files. Pure.
namespace nocturn::web {

// The file of a page or document of the site: "/" is "index.html", "/instances/x?lang=he" is
// "he/instances/x/index.html", "/feeds/all.atom" is itself without the slash.
std::string file_of(std::string_view target);

// The page (markup made here, every value escaped) as it stands in `file`: links to what
// `is_copied` (asked with the target, without fragment) become relative to the file; all other
// links to the site, and every form, lead to `hub`, the site's own address.
std::string relinked(std::string_view page, std::string_view file, std::string_view hub,
                     const std::function<bool(std::string_view target)>& is_copied);

}  // namespace nocturn::web
