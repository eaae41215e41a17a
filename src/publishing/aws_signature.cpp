#include "publishing/aws_signature.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/sha256.h"

namespace nocturn::publishing {
namespace {

std::string hash_of(std::string_view text) { return to_hex(crypto::sha256(text)); }

crypto::Hash step(std::span<const std::uint8_t> key, std::string_view message) {
  return crypto::hmac_sha256(key, message);
}

// "20130524T000000Z"
std::string moment(WallTime now) {
  std::string out;
  for (const char c : to_rfc3339(std::chrono::floor<std::chrono::seconds>(now)))
    if (c != '-' && c != ':') out += c;
  return out;
}

}  // namespace

std::vector<net::Header> signed_headers(const ToSign& request, const SigningKey& key,
                                        WallTime now) {
  const std::string at = moment(now), day = at.substr(0, 8);
  std::vector<net::Header> headers = request.headers;
  headers.push_back({"x-amz-content-sha256", hash_of(request.body)});
  headers.push_back({"x-amz-date", at});
  std::vector<net::Header> sorted = headers;
  sorted.push_back({"host", std::string(request.host)});
  std::ranges::sort(sorted, {}, &net::Header::name);
  std::string lines, names;
  for (const net::Header& header : sorted) {
    lines += fmt::format("{}:{}\n", header.name, trim(header.value));
    names += (names.empty() ? "" : ";") + header.name;
  }
  const std::string canonical = fmt::format("{}\n{}\n\n{}\n{}\n{}", request.method, request.path,
                                            lines, names, hash_of(request.body));
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, key.region);
  const std::string text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", at, scope, hash_of(canonical));
  const std::string first = "AWS4" + key.secret_key;
  const crypto::Hash signing =
      step(step(step(step(as_bytes(first), day), key.region), "s3"), "aws4_request");
  headers.push_back({"authorization",
                     fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
                                 key.access_key, scope, names, to_hex(step(signing, text)))});
  return headers;
}

}  // namespace nocturn::publishing
