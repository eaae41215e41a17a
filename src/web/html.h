#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "status_page/status_page.h"

// What every HTML page of the public site shares: the frame around it, its headers, its links.
namespace nocturn::web {

// Content-Security-Policy and its companions, for HTML pages. The style sheets are allowed by
// their hashes, scripts and connections only from this origin, frames of others never.
std::vector<net::Header> page_headers();

// The policy of a page that is served by others, for a <meta>, which has no frame-ancestors; its
// forms go to the hub at `url`.
std::string copy_policy(std::string_view url);

// The one letter that stands for an indicator in markup and style sheet: n i m p x.
std::string_view letter(status_page::Indicator indicator);

// `path` with the language when it is not the cloud's default one: "/instances/x?lang=he".
std::string localized(std::string_view path, const status_page::View& view,
                      status_page::Locale locale);
status_page::Locale default_locale(const status_page::View& view);
// The language that the request asks for, by ?lang= before Accept-Language.
const status_page::Words& words_for(const status_page::View& view, const net::Request& request);

// "2026-11-22T06:41:00Z" for a <time>, whole seconds.
std::string machine_time(WallTime time);
// "06:41:05 UTC"
std::string utc_clock(WallTime time);
// "01:00–02:30 UTC"; with the days where they are not those of the local range.
std::string utc_range(status_page::Window window, const TimeZone& local,
                      const status_page::Words& words);

}  // namespace nocturn::web
