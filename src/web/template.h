#pragma once

#include <string>
#include <string_view>

#include <kainjow/mustache.hpp>

#include "status_page/status_page.h"
#include "web/assets.h"
#include "web/pages.h"

// Mustache as the pages use it. Only for .cpp files of this folder: the library is heavy.
namespace nocturn::web {

using Data = kainjow::mustache::data;

// templates/<name>.mustache, parsed once. Values are escaped for HTML unless the template says
// {{{…}}}. Not thread-safe.
class Template {
 public:
  explicit Template(std::string_view name);
  std::string render(const Data& data);

 private:
  kainjow::mustache::mustache parsed_;
};

// Renders a whole page; "head", "copy", "choices" and "foot" are at hand as partials.
std::string render_page(std::string_view name, Data& data);

// What head and foot need: `path` is the page's own path, for the language links.
void set_frame(Data& data, const status_page::View& view, const status_page::Words& words,
               std::string_view path, Sheet sheet = Sheet::index, Edition edition = Edition::live);

}  // namespace nocturn::web
