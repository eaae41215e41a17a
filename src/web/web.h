#pragma once

#include <memory>
#include <optional>

#include "net/http.h"
#include "publishing/publishing.h"
#include "status_page/status_page.h"

namespace nocturn::notifications {
class SubscriptionDesk;
}

// The front door of the public site: everything that people and programs outside can read, as
// functions from a View to bytes. But for subscriptions() nothing here asks the store, and nothing
// the clock or the network.
namespace nocturn::web {

// What is asked most, ready to be sent: "/" and "/single-tenant" in every language, /api/v2/*,
// /feeds/all.* and the script. Made once per view; takes tens of milliseconds, compression
// included, so call it off the event loop.
std::shared_ptr<const net::PageSet> prepare(const status_page::View& view);

// Everything else of the public site: searches, pages of instances, their feeds and badges, and
// what was prepared, too. Answers with ETag and honours If-None-Match. Nothing for a path that is
// not of this site; 404 for an unknown instance, and for one that the access rule hides. Pure
// and thread-safe.
std::optional<net::Response> answer(const status_page::View& view, const net::Request& request);

// The whole public site for a web server elsewhere: pages in every language, feeds, calendars,
// badges, JSON, script and status.json, with links that stay inside the copy wherever it lies; what
// a copy cannot do (search, subscribe) leads to the hub. What the access rule hides is not there.
// Pure; takes a millisecond or two for each instance.
publishing::Copy static_copy(const status_page::View& view);

// /subscribe and /subscriptions/…, forms and their posts. Nothing for any other path, and when the
// view says that no subscriptions are taken. Waits for the store; thread-safe.
std::optional<net::Response> subscriptions(const status_page::View& view,
                                           notifications::SubscriptionDesk& desk,
                                           const net::Request& request);

// The web console, the same page for every path below /console: which of its pages that is, its
// script decides. Nothing for any other path; its script and sheet come with prepare().
std::optional<net::Response> console(const net::Request& request);

// The 404 page for any other path.
net::Response missing(const status_page::View& view, const net::Request& request);

}  // namespace nocturn::web
