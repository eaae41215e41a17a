#include "api/conditional.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "crypto/sha256.h"
#include "net/endpoint.h"
#include "net/gzip.h"
#include "net/http_negotiation.h"

namespace nocturn::api {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr int kQuick = 1;

// "x" as a packed form's tag: "x;gzip". Two encodings of one state are not the same bytes.
std::string packed_tag(std::string_view tag) {
  std::string packed(tag.substr(0, tag.size() - 1));
  return packed.append(net::kPackedSuffix) += '"';
}

}  // namespace

std::string entity_tag(std::string_view version, std::string_view body) {
  if (!version.empty()) return fmt::format("\"{}\"", version);
  const crypto::Hash hash = crypto::sha256(body);
  return fmt::format("\"{}\"", to_hex(std::span(hash).first(kTagBytes)));
}

bool client_has(const net::Request& request, std::string_view tag) {
  const std::string_view list = request.header("if-none-match");
  if (list.empty()) return false;
  return net::matches_etag(list, tag, net::EtagComparison::weak) ||
         net::matches_etag(list, packed_tag(tag), net::EtagComparison::weak);
}

net::Response not_modified(const net::Response& response, std::string tag) {
  net::Response short_one{.status = 304,
                          .headers = {{"etag", std::move(tag)}, {"cache-control", "no-store"}},
                          .body = {}};
  for (const net::Header& header : response.headers)
    if (header.name == "vary") short_one.headers.push_back(header);
  return short_one;
}

void compress(const net::Request& request, net::Response& response) {
  if (response.body.size() < kWorthPacking) return;
  response.headers.push_back({"vary", "accept-encoding"});
  if (net::choose_encoding(request.header("accept-encoding"), true, false) != net::Encoding::gzip)
    return;
  response.body = net::gzip(response.body, kQuick);
  response.headers.push_back({"content-encoding", "gzip"});
  const auto tag = std::ranges::find(response.headers, "etag", &net::Header::name);
  if (tag != response.headers.end()) tag->value = packed_tag(tag->value);
}

}  // namespace nocturn::api
