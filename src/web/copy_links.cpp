#include "web/copy_links.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nocturn::web {
namespace {

constexpr std::string_view kForm = " action=\"/";
constexpr std::array<std::string_view, 4> kLinks = {" href=\"/", " src=\"/", " data-facts=\"/",
                                                    kForm};

// "../../" for a file two folders deep.
std::string way_up(std::string_view file) {
  std::string way;
  for (auto depth = std::ranges::count(file, '/'); depth > 0; --depth) way += "../";
  return way;
}

// Where the next link's target begins, and whether it is a form's; npos: no more.
struct Found {
  std::size_t at = std::string_view::npos;
  bool form = false;
};
Found next_link(std::string_view page, std::size_t from) {
  Found first;
  for (const std::string_view link : kLinks) {
    const std::size_t found = page.find(link, from);
    if (found < first.at) first = {found + link.size() - 1, link == kForm};
  }
  return first;
}

}  // namespace

std::string file_of(std::string_view target) {
  constexpr std::string_view kLanguage = "?lang=";
  const std::size_t query = target.find(kLanguage);
  std::string file;
  if (query != target.npos) file = fmt::format("{}/", target.substr(query + kLanguage.size()));
  const std::string_view path = target.substr(1, query == target.npos ? query : query - 1);
  file += path;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.contains('.')) return file;
  return file + (path.empty() ? "index.html" : "/index.html");
}

std::string relinked(std::string_view page, std::string_view file, std::string_view hub,
                     const std::function<bool(std::string_view target)>& is_copied) {
  const std::string up = way_up(file), home = escape_markup(hub);
  std::string out;
  out.reserve(page.size() + 1024);
  std::size_t done = 0;
  for (Found link = next_link(page, 0); link.at != page.npos; link = next_link(page, done)) {
    const std::size_t end = page.find('"', link.at);
    const std::string_view whole = page.substr(link.at, end - link.at);
    const std::string_view target = whole.substr(0, whole.find('#'));
    out += page.substr(done, link.at - done);
    if (!link.form && is_copied(target))
      out.append(up).append(file_of(target)).append(whole.substr(target.size()));
    else
      out.append(home).append(whole);
    done = end;
  }
  return out.append(page.substr(done));
}

}  // namespace nocturn::web
