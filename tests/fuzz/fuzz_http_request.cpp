// Everything the HTTP server does to a client's bytes before anybody else sees them: reading
// requests, however they are cut into pieces, decoding targets, negotiating, and writing answers.
// The first byte says where the pieces are cut.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_negotiation.h"
#include "net/http_reader.h"
#include "net/http_response.h"
#include "net/http_target.h"

namespace {

using namespace nocturn;
using net::RequestReader;

constexpr net::ReaderLimits kLimits{1024, 2048};

void check_target(std::string_view target) {
  const auto decoded = net::decode_target(net::origin_form(target));
  if (!decoded) return;
  const std::string& path = decoded->path;
  CHECK(path.starts_with('/') && !path.contains('\0') && !path.contains('\\'));
  CHECK(!(path + '/').contains("/../") && !(path + '/').contains("/./") && !path.contains("//"));
}

void check_head(const net::RequestHead& head) {
  check_target(head.target);
  net::choose_encoding(head.accept_encoding, true, true);
  net::matches_etag(head.if_none_match, "\"tag\"", net::EtagComparison::weak);
  net::matches_etag(head.if_match, "\"tag\"", net::EtagComparison::strong);
  net::Response response{200, {}, "body"};
  for (const auto& [name, value] : head.fields)
    response.headers.push_back({std::string(name), std::string(value)});
  const std::string bytes = net::serialise(response, {});
  CHECK(bytes.ends_with("\r\n\r\nbody") || bytes.starts_with("HTTP/1.1 500 "));
}

// What came of a connection's bytes, in words that two ways of cutting must agree on.
std::string read_connection(std::string_view bytes, std::size_t piece) {
  RequestReader reader(kLimits);
  std::string outcome, held;
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    held += bytes.substr(0, size);
    bytes.remove_prefix(size);
    bool more = false;
    while (!more && !held.empty()) {
      const auto [progress, consumed] = reader.feed(held);
      CHECK(consumed <= held.size());
      switch (progress) {
        case RequestReader::Progress::more: more = true; break;
        case RequestReader::Progress::head:
          check_head(reader.head());
          outcome += "head ";
          break;
        case RequestReader::Progress::complete: {
          const std::string body = reader.take_body();
          CHECK(body.size() <= kLimits.body_bytes);
          outcome += "request with " + body + '\n';
          reader.reset();
          break;
        }
        case RequestReader::Progress::refused:
          CHECK(reader.refusal().status >= 400 && !reader.refusal().detail.empty());
          return outcome + "refused";
      }
      held.erase(0, consumed);
      CHECK(held.size() <= kLimits.header_bytes + piece);
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = read_connection(bytes, bytes.size() + 1);
  const std::string pieces = read_connection(bytes, std::size_t{1} + data[0] % 64);
  // A limit may be noticed earlier in one way than in the other; what was read before is the same.
  CHECK(whole.starts_with(pieces.substr(0, pieces.rfind("refused"))) ||
        pieces.starts_with(whole.substr(0, whole.rfind("refused"))));
  return 0;
}
