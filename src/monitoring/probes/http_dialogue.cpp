#include "monitoring/probes/http_dialogue.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kHeadAllowance = 256 * 1024;  // heads, chunk lines and compression's overhead

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

void HttpDialogue::fetch(Fetch fetch) {
  fetch_ = std::move(fetch);
  visit();
}

void HttpDialogue::visit() {
  const auto& url = fetch_.request.url;
  set_most_bytes(fetch_.body_limit + kHeadAllowance);
  reader_ =
      std::make_unique<net::ResponseReader>(fetch_.body_limit, fetch_.request.method == "HEAD");
  std::string line = fetch_.request.method + " " + url.text();
  note("> " + line);
  visited_.push_back(std::move(line));
  if (!url.secure) return open(url.host, fetch_.family);
  net::TlsOptions tls = fetch_.tls;
  if (tls.server_name.empty()) tls.server_name = url.host.host;
  open(url.host, fetch_.family, std::move(tls));
}

void HttpDialogue::on_open() { send(net::to_bytes(fetch_.request)); }

void HttpDialogue::on_bytes(std::string_view bytes) {
  const auto progress = reader_->feed(bytes);
  if (!progress) return fail(progress.error().message);
  if (*progress == net::ResponseReader::Progress::done) answered();
}

void HttpDialogue::on_end() {
  if (const auto status = reader_->end(); !status) return fail(status.error().message);
  answered();
}

void HttpDialogue::answered() {
  auto& response = reader_->response();
  note(fmt::format("< {} {}, {} bytes{}", response.status, response.reason, response.received,
                   response.body_cut ? " (cut)" : ""));
  if (is_redirect(response.status) && fetch_.redirects > 0 && !is_wanted_redirect(response)) {
    if (const auto location = response.header("location"); !location.empty()) {
      return follow(location, response.status);
    }
  }
  on_response(response);
}

void HttpDialogue::follow(std::string_view location, int status) {
  auto next = net::resolve_url(fetch_.request.url, location);
  if (!next) return fail(fmt::format("redirected to a bad address: {}", next.error().message));
  auto& request = fetch_.request;
  if (status == 303 || (status <= 302 && request.method == "POST")) {  // RFC 9110, section 15.4
    if (request.method != "HEAD") request.method = "GET";
    request.body.clear();
  }
  if (!next->same_origin(request.url)) {  // secrets are for the one they were written for
    std::erase_if(request.headers, [](const net::Header& header) {
      const auto name = lower_ascii(header.name);
      return name == "authorization" || name == "cookie" || name == "host";
    });
    fetch_.tls.server_name.clear();
  }
  request.url = std::move(*next);
  const std::string line = request.method + " " + request.url.text();
  if (std::ranges::find(visited_, line) != visited_.end()) {
    return fail(fmt::format("redirected in a circle, back to {}", request.url.text()));
  }
  if (static_cast<int>(visited_.size()) > fetch_.redirects) {
    return fail(fmt::format("more than {} redirects, the last to {}", fetch_.redirects,
                            request.url.text()));
  }
  visit();
}

}  // namespace nocturn::monitoring
