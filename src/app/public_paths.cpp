#include "app/public_paths.h"

#include "ledger/serve.h"
#include "web/web.h"

namespace nocturn::app {
namespace {

net::Response text(int status, std::string body, std::string type = "text/plain; charset=utf-8") {
  return {
      status, {{"content-type", std::move(type)}, {"cache-control", "no-store"}}, std::move(body)};
}

std::optional<net::Response> ledger_file(const std::filesystem::path& folder,
                                         std::string_view path) {
  auto served = ledger::serve(folder, path);
  if (!served) return std::nullopt;
  return net::Response{200,
                       {{"content-type", std::string(served->content_type)},
                        {"cache-control", std::string(served->cache_control)}},
                       std::move(served->body)};
}

std::vector<std::pair<std::string, std::string>> public_rows(const status_page::View& view) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const status_page::Row& row : view.rows()) {
    if (view.find(row.instance->id.text()) == nullptr) continue;  // hidden by the access rule
    rows.emplace_back(row.instance->id.text(), status_page::name_of(row.shown.indicator));
  }
  return rows;
}

}  // namespace

net::Response PublicPaths::answer(const net::Request& request) const {
  if (auto answer = router.answer(request)) return *std::move(answer);
  if (auto page = web::subscriptions(*view(), subscriptions, request)) return *std::move(page);
  if (request.method != "GET" && request.method != "HEAD") {
    net::Response response = text(405, "this path is only read: GET or HEAD\n");
    response.headers.push_back({"allow", "GET, HEAD"});
    return response;
  }
  if (request.path == "/healthz") return text(200, "alive\n");
  if (request.path == "/readyz") {
    const auto reason = trouble();
    return reason ? text(503, *reason + "\n") : text(200, "ready\n");
  }
  const auto current = view();
  if (request.path == "/metrics") {
    return text(200, metrics_text(vitals(), public_rows(*current)),
                "text/plain; version=0.0.4; charset=utf-8");
  }
  if (request.path.starts_with("/ledger/")) {
    if (auto file = ledger_file(ledger_files, request.path.substr(8))) return *std::move(file);
  }
  if (auto page = web::console(request)) return *std::move(page);
  if (auto page = web::answer(*current, request)) return *std::move(page);
  return web::missing(*current, request);
}

}  // namespace nocturn::app
