#pragma once

#include <string>
#include <string_view>

#include <kainjow/mustache.hpp>

#include "status_page/status_page.h"
#include "web/assets.h"

// Mustache as the pages use it. Only for .cpp files of this folder: the library is heavy.
namespace nocturn::web {

using Data = kainjow::mustache::data;
using DataList = kainjow::mustache::data;

// Renders templates/<name>.mustache; "head" and "foot" are at hand as partials. Values are
// escaped for HTML unless the template says {{{…}}}.
std::string render(std::string_view name, Data& data);

// What head and foot need: `path` is the page's own path, for the language links.
void set_frame(Data& data, const status_page::View& view, const status_page::Words& words,
               std::string_view path, Sheet sheet = Sheet::index);

}  // namespace nocturn::web
