#include "web/web.h"

#include <algorithm>

#include "base/text.h"
#include "net/http_response.h"
#include "web/assets.h"
#include "web/console.h"
#include "web/html.h"
#include "web/pages.h"

namespace nocturn::web {
namespace {

using inventory::Tenancy;
using status_page::Locale;
using status_page::Row;
using status_page::View;
using status_page::Words;

constexpr std::size_t kLongestQuery = 100;

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kAtom = "application/atom+xml; charset=utf-8";
constexpr const char* kRss = "application/rss+xml; charset=utf-8";
constexpr const char* kCalendar = "text/calendar; charset=utf-8";
constexpr const char* kSvg = "image/svg+xml";
constexpr const char* kScript = "text/javascript; charset=utf-8";

// Every page states its age and is made anew each half minute at the latest: packed quickly.
constexpr bool kChangesSoon = true;

net::PageSource html(std::string body) {
  return {kHtml, std::move(body), "no-cache", page_headers(), kChangesSoon};
}

// JSON, feeds, calendars and badges may be read by scripts of any site: they are public.
net::PageSource open_data(const char* type, std::string body) {
  return {type, std::move(body), "no-cache", {{"Access-Control-Allow-Origin", "*"}}, kChangesSoon};
}

net::PageSource badge_source(std::string body) {
  net::PageSource source = open_data(kSvg, std::move(body));
  source.headers.push_back({"Content-Security-Policy", "default-src 'none'"});
  source.headers.push_back({"Cross-Origin-Resource-Policy", "cross-origin"});
  return source;
}

net::Response respond(int status, net::PageSource source) {
  net::Response response{status, std::move(source.headers), std::move(source.body)};
  response.headers.push_back({"Content-Type", source.content_type});
  response.headers.push_back({"Cache-Control", source.cache_control});
  return response;
}

// 200 with a weak ETag of the content, or 304 when the client has it (RFC 9110 section 13.1.2).
net::Response respond(const net::Request& request, net::PageSource source) {
  const std::string tag = fmt::format("W/\"{}\"", status_page::fingerprint(source.body));
  const std::string_view known = request.header("if-none-match");
  const std::vector<std::string_view> tags = split(known, ',');
  const bool fresh = known == "*" || std::any_of(tags.begin(), tags.end(), [&](auto candidate) {
                       return trim(candidate) == tag;
                     });
  net::Response response = respond(fresh ? 304 : 200, std::move(source));
  if (fresh) response.body.clear();
  response.headers.push_back({"ETag", tag});
  if (response.headers.front().name == "Content-Security-Policy")
    response.headers.push_back({"Vary", "Accept-Language"});
  return response;
}

const Words& default_words(const View& view) { return Words::in(default_locale(view)); }

// "/instances/catalog-eu01" with prefix "/instances/" and ending "" gives "catalog-eu01".
std::optional<std::string_view> between(std::string_view path, std::string_view prefix,
                                        std::string_view ending) {
  if (!path.starts_with(prefix) || !path.ends_with(ending)) return std::nullopt;
  if (path.size() <= prefix.size() + ending.size()) return std::nullopt;
  const std::string_view id =
      path.substr(prefix.size(), path.size() - prefix.size() - ending.size());
  return id.find('/') == id.npos ? std::optional(id) : std::nullopt;
}

struct FeedKind {
  std::string_view ending;
  const char* type;
  std::string (*of)(const View&, const Row*, const Words&);
};
std::string calendar_of(const View& view, const Row* row, const Words& words) {
  return row != nullptr ? calendar(view, *row, words) : calendar(view, words);
}
constexpr FeedKind kFeeds[] = {{".atom", kAtom, status_page::atom_feed},
                               {".rss", kRss, status_page::rss_feed},
                               {".ics", kCalendar, calendar_of}};

std::optional<net::Response> answer_feed(const View& view, const net::Request& request) {
  for (const FeedKind& kind : kFeeds) {
    const auto id = between(request.path, "/feeds/", kind.ending);
    if (!id) continue;
    const Row* row = view.find(*id);
    if (row == nullptr && *id != "all") return missing(view, request);
    return respond(request, open_data(kind.type, kind.of(view, row, default_words(view))));
  }
  return std::nullopt;
}

net::Response answer_index(const View& view, const net::Request& request, Tenancy tenancy) {
  std::string_view query = trim(request.parameter("q"));
  if (query.size() > kLongestQuery || !is_utf8(query)) query = {};
  return respond(request, html(index_page(view, tenancy, words_for(view, request), query)));
}

net::PageSet make_scripts() {
  net::PageSet set;
  for (const Script which : {Script::live, Script::subscribe})
    set.pages.emplace(script_url(which),
                      net::make_page({.content_type = kScript,
                                      .body = script(which),
                                      .cache_control = "public, max-age=31536000, immutable",
                                      .headers = {},
                                      .quick = true}));
  return set;
}

}  // namespace

std::shared_ptr<const net::PageSet> prepare(const View& view) {
  auto set = std::make_shared<net::PageSet>();
  const auto add = [&](std::string target, const net::PageSource& source) {
    set->pages.emplace(std::move(target), net::make_page(source));
  };
  for (const Locale locale : status_page::kLocales) {
    const Words& words = Words::in(locale);
    const std::string lang = fmt::format("?lang={}", tag_of(locale));
    const auto add_index = [&](std::string_view path, Tenancy tenancy) {
      const auto page = net::make_page(html(index_page(view, tenancy, words)));
      set->pages.emplace(std::string(path) + lang, page);
      if (locale == default_locale(view)) set->pages.emplace(path, page);
    };
    add_index("/", Tenancy::multi);
    if (view.facts().single_tenant_public) add_index("/single-tenant", Tenancy::single);
  }
  const Words& words = default_words(view);
  for (auto& [target, body] : statuspage_documents(view, words))
    add(target, open_data(kJson, std::move(body)));
  for (const FeedKind& kind : kFeeds)
    add(fmt::format("/feeds/all{}", kind.ending),
        open_data(kind.type, kind.of(view, nullptr, words)));
  static const net::PageSet scripts = make_scripts();
  set->pages.insert(scripts.pages.begin(), scripts.pages.end());
  add_console_assets(*set);
  return set;
}

std::optional<net::Response> answer(const View& view, const net::Request& request) {
  const std::string_view path = request.path;
  if (path == "/") return answer_index(view, request, Tenancy::multi);
  if (path == "/single-tenant") {
    if (!view.facts().single_tenant_public) return missing(view, request);
    return answer_index(view, request, Tenancy::single);
  }
  for (const Script which : {Script::live, Script::subscribe})
    if (path == script_url(which)) return respond(request, {kScript, script(which), "public", {}});
  if (path.starts_with("/api/v2/")) {
    for (auto& [target, body] : statuspage_documents(view, default_words(view)))
      if (target == path) return respond(request, open_data(kJson, std::move(body)));
    return missing(view, request);
  }
  if (const auto id = between(path, "/instances/", "")) {
    const Row* row = view.find(*id);
    if (row == nullptr) return missing(view, request);
    return respond(request, html(instance_page(view, *row, words_for(view, request))));
  }
  if (const auto id = between(path, "/badges/", ".svg")) {
    const Row* row = view.find(*id);
    if (row == nullptr) return missing(view, request);
    return respond(request, badge_source(badge(*row, words_for(view, request))));
  }
  return answer_feed(view, request);
}

net::Response missing(const View& view, const net::Request& request) {
  if (!request.path.starts_with("/api/"))
    return respond(404, html(missing_page(view, words_for(view, request))));
  net::Response response =
      net::problem(404, "there is no such document; /api/v2/summary.json has all");
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  return response;
}

}  // namespace nocturn::web
