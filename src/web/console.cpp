#include "web/console.h"

#include "base/result.h"
#include "nocturn_console_embedded.h"
#include "web/web.h"

namespace nocturn::web {
namespace {

constexpr std::string_view kAssets = "assets/";
constexpr const char* kForever = "public, max-age=31536000, immutable";

// Styles are set on elements by script alone (CSSOM), which style-src does not concern; "data:" is
// for the page's icon.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'";

// The empty page into which the console writes a letter to show it: letters bring their styles with
// them, and neither script, form nor anything from outside.
constexpr std::string_view kLetterPath = "/console/letter";
constexpr std::string_view kLetterPage =
    "<!doctype html>\n<html lang=\"en\"><head><title>Letter</title></head><body></body></html>\n";
constexpr const char* kLetterPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-same-origin";

const char* type_of(std::string_view path) {
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  return "application/octet-stream";
}

net::Response answer(std::string_view page, const char* policy) {
  return {200,
          {{"Content-Type", "text/html; charset=utf-8"},
           {"Cache-Control", "no-cache"},
           {"Content-Security-Policy", policy},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "same-origin"},
           {"Cross-Origin-Opener-Policy", "same-origin"}},
          std::string(page)};
}

bool is_packed(std::string_view path) { return path.ends_with(".gz") || path.ends_with(".br"); }

std::string file(std::string_view path) {
  const auto bytes = console_files::embedded(path);
  CHECK(bytes.has_value());
  return std::string(*bytes);
}

net::PageSet make_assets() {
  net::PageSet set;
  for (const std::string_view path : console_files::embedded_paths()) {
    if (!path.starts_with(kAssets) || is_packed(path)) continue;
    const net::PageSource source{.content_type = type_of(path),
                                 .body = file(path),
                                 .cache_control = kForever,
                                 .headers = {},
                                 .gzip = file(fmt::format("{}.gz", path)),
                                 .brotli = file(fmt::format("{}.br", path))};
    set.pages.emplace(fmt::format("/console/{}", path), net::make_page(source));
  }
  return set;
}

}  // namespace

void add_console_assets(net::PageSet& set) {
  static const net::PageSet assets = make_assets();
  set.pages.insert(assets.pages.begin(), assets.pages.end());
}

std::optional<net::Response> console(const net::Request& request) {
  const std::string_view path = request.path;
  if (path != "/console" && !path.starts_with("/console/")) return std::nullopt;
  // A script of another release: its page is to be loaded again, not read as a script.
  if (path.starts_with("/console/assets/"))
    return net::Response{404, {{"Cache-Control", "no-store"}}, "no such file in this release\n"};
  if (path == kLetterPath) return answer(kLetterPage, kLetterPolicy);
  return answer(file("index.html"), kPolicy);
}

}  // namespace nocturn::web
