// Writes every public page of the sample clouds to a folder, for the browser tests, the
// screenshots and the curious:  nocturn_page_sample OUTDIR
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "support/sample_facts.h"
#include "web/web.h"

namespace {

using namespace nocturn;

// "/instances/x?lang=he" becomes "instances/x.he.html".
std::filesystem::path file_of(std::string target) {
  std::string ending;
  if (const std::size_t mark = target.find("?lang="); mark != target.npos) {
    ending = "." + target.substr(mark + 6);
    target.resize(mark);
  }
  const std::size_t slash = target.rfind('/');
  if (target.ends_with('/')) return target.substr(1) + "index" + ending + ".html";
  if (target.find('.', slash) == target.npos) return target.substr(1) + ending + ".html";
  return target.substr(1);
}

bool write(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
  return std::filesystem::exists(path);
}

// The security headers of a page, for the server of the tests.
JsonObject headers_of(const net::Page& page) {
  JsonObject headers;
  const std::string_view head =
      std::string_view(page.identity.bytes).substr(0, page.identity.head_size);
  for (std::string_view line : split(head, '\n')) {
    line = trim(line);
    const std::size_t colon = line.find(": ");
    if (line.starts_with("Content-Security") || line.starts_with("X-") ||
        line.starts_with("Referrer") || line.starts_with("Cross-Origin"))
      headers[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return headers;
}

bool write_site(const std::filesystem::path& folder, status_page::Facts facts) {
  const auto view = status_page::View::make(std::move(facts));
  if (!view) {
    std::fprintf(stderr, "page_sample: %s\n", view.error().text().c_str());
    return false;
  }
  const auto prepared = web::prepare(**view);
  for (const auto& [target, page] : prepared->pages) {
    const std::string_view bytes = page->identity.bytes;
    if (!write(folder / file_of(target), bytes.substr(page->identity.head_size))) return false;
  }
  if (!write(folder / "headers.json", boost::json::serialize(headers_of(*prepared->pages.at("/")))))
    return false;
  int instances = 0;
  for (const status_page::Row& row : (*view)->rows()) {
    if (++instances > 32) break;
    const std::string& id = row.instance->id.text();
    for (const std::string& path :
         {"/instances/" + id, "/badges/" + id + ".svg", "/feeds/" + id + ".atom",
          "/feeds/" + id + ".rss", "/feeds/" + id + ".ics"}) {
      net::Request request;
      request.method = "GET";
      request.path = request.target = path;
      if (!write(folder / file_of(path), web::answer(**view, request)->body)) return false;
      request.query = {{"lang", "he"}};
      if (path.starts_with("/instances/"))
        if (!write(folder / file_of(path + "?lang=he"), web::answer(**view, request)->body))
          return false;
    }
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: nocturn_page_sample OUTDIR\n");
    return 2;
  }
  const std::filesystem::path out = arguments[1];
  status_page::Facts quiet = testing::large_facts(9);
  return write_site(out / "sample", testing::sample_facts()) &&
                 write_site(out / "quiet", std::move(quiet)) &&
                 write_site(out / "large", testing::large_facts(1000))
             ? 0
             : 1;
}
