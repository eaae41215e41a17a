// Serves the public pages of the sample cloud with subscriptions, for the browser tests; prints its
// address, and ends with its standard input. There is no mail: what it would have told is asked at
//   /test/token?use=confirm|manage&address=ADDRESS     (address "contact": Mary's)
//   /test/quarantine?address=ADDRESS
#include <cstdio>

#include "net/http_server.h"
#include "support/subscription_site.h"
#include "web/web.h"

namespace {

using namespace nocturn;

net::Response text(int status, std::string body) {
  return {status, {{"Content-Type", "text/plain"}}, std::move(body)};
}

net::Response of_test(testing::SubscriptionSite& site, const net::Request& request) {
  const std::string address(request.parameter("address"));
  const auto ids = site.subscriptions_of(address);
  if (ids.empty() && address != "contact") return text(404, "nobody");
  const std::string id = ids.empty() ? site.contact() : ids.back();
  if (request.path == "/test/quarantine") {
    site.quarantine(id);
    return text(200, "done");
  }
  const bool confirms = request.parameter("use") == "confirm";
  return text(200,
              site.token(confirms ? notifications::Use::confirm : notifications::Use::manage, id));
}

}  // namespace

int main() {
  testing::SubscriptionSite site;
  SystemClock clock;
  net::PageBoard pages;
  pages.publish(web::prepare(site.view()));
  const auto server = net::HttpServer::start(
      {.listen = "127.0.0.1:0", .unix_socket = {}, .loops = 1}, clock, pages,
      [&](const net::Request& request) {
        if (request.path.starts_with("/test/")) return of_test(site, request);
        if (auto page = web::subscriptions(site.view(), site.desk(), request))
          return *std::move(page);
        if (auto page = web::answer(site.view(), request)) return *std::move(page);
        return web::missing(site.view(), request);
      });
  if (!server) {
    std::fprintf(stderr, "subscribe_sample: %s\n", server.error().text().c_str());
    return 1;
  }
  std::printf("ready at http://%s\n", (*server)->address().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
