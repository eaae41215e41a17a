#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "net/http_exchange.h"

// Whatever a web server answers, in pieces of whatever size: read or refused, within bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nocturn::net;
  if (size == 0) return 0;
  constexpr std::size_t kLimit = 4096;
  const std::size_t piece = data[0] % 64 + 1;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ResponseReader reader(kLimit, (data[0] & 0x80) != 0);
  bool more = true;
  while (more && !bytes.empty()) {
    const auto progress = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    more = progress && *progress == ResponseReader::Progress::more;
  }
  if (more) (void)reader.end();
  const auto& response = reader.response();
  if (response.body.size() > kLimit) __builtin_trap();
  if (const auto base = parse_url("http://search.example.org/a/b?c"); base) {
    const auto next = resolve_url(*base, response.header("location"));
    if (next && !parse_url(next->text())) __builtin_trap();
  }
  return 0;
}
