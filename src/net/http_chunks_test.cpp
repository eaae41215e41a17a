#include "net/http_chunks.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace nocturn::net {
namespace {

using Progress = ChunkDecoder::Progress;

struct Decoded {
  Progress progress = Progress::more;
  std::string body, rest;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t piece, std::size_t body_limit = 1000,
               std::size_t overhead_limit = 40) {
  ChunkDecoder decoder(body_limit, overhead_limit);
  Decoded result;
  while (!bytes.empty() && result.progress == Progress::more) {
    const auto [progress, used] = decoder.feed(bytes.substr(0, piece), result.body);
    result.progress = progress;
    bytes.remove_prefix(used);
  }
  result.rest = bytes;
  return result;
}

Decoded decode(std::string_view bytes) { return decode(bytes, bytes.size()); }

TEST(ChunkDecoder, joins_chunks_and_leaves_what_follows) {
  const Decoded decoded = decode("3\r\nabc\r\nA;n=\"v\"\r\n0123456789\r\n0\r\nT: x\r\n\r\nGET");
  EXPECT_EQ(decoded.progress, Progress::complete);
  EXPECT_EQ(decoded.body, "abc0123456789");
  EXPECT_EQ(decoded.rest, "GET");
  EXPECT_EQ(decode("0\r\n\r\n").progress, Progress::complete);
  EXPECT_EQ(decode("0\r\nab").progress, Progress::more);  // where Beast asserts
}

TEST(ChunkDecoder, refuses_every_other_spelling) {
  for (const std::string_view bytes :
       {"\r\n", "x", " 1\r\na", "1 \r\na", "+1\r\n", "-1\r\n", "0x1\r\n", "1\na", "1\r\r\n", "1\ra",
        "1\r\nab", "1\r\na\n", "1\r\na\rx", "1;a\nb\r\n", "1;a\x01\r\n", "0\r\n\n", "0\r\n\rx",
        "0\r\nT: x\n", "0\r\nT: x\rx"})
    EXPECT_EQ(decode(bytes).progress, Progress::malformed) << bytes;
}

TEST(ChunkDecoder, holds_its_limits) {
  const auto limited = [](std::string_view bytes) { return decode(bytes, 1, 5, 4).progress; };
  EXPECT_EQ(limited("5\r\nabcde\r\n0\r\n\r\n"), Progress::complete);
  EXPECT_EQ(limited("6"), Progress::too_large);
  EXPECT_EQ(limited("3\r\nabc\r\n3"), Progress::too_large);
  EXPECT_EQ(limited("fffffffffffffffff"), Progress::too_large);
  EXPECT_EQ(limited("00005\r\n"), Progress::more);
  EXPECT_EQ(limited("000005\r\n"), Progress::malformed);
  EXPECT_EQ(limited("1;ab\r\na\r\n1;cd\r\nb\r\n0\r\n\r\n"), Progress::complete);
  EXPECT_EQ(limited("1;ab\r\na\r\n1;cde"), Progress::malformed);
  EXPECT_EQ(limited("0\r\nT:x\r\nU"), Progress::more);
  EXPECT_EQ(limited("0\r\nT:x\r\nU:"), Progress::malformed);
}

// However it is cut into chunks and packets, a body comes out as it went in.
RC_GTEST_PROP(ChunkDecoderProperty, undoes_any_encoding, (std::vector<std::string> chunks)) {
  std::string bytes, body;
  for (const std::string& chunk : chunks) {
    if (chunk.empty() || body.size() + chunk.size() > 1000) continue;
    bytes += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    body += chunk;
  }
  bytes += "0\r\n\r\nnext";
  const auto piece = *rc::gen::inRange<std::size_t>(1, 20);
  RC_ASSERT(decode(bytes, piece) == (Decoded{Progress::complete, body, "next"}));
}

RC_GTEST_PROP(ChunkDecoderProperty, does_not_depend_on_how_bytes_arrive, ()) {
  const auto bytes =
      *rc::gen::container<std::string>(rc::gen::element('0', '1', 'a', ';', '\r', '\n'));
  const auto piece = *rc::gen::inRange<std::size_t>(1, 20);
  RC_ASSERT(decode(bytes, piece) == decode(bytes));
}

}  // namespace
}  // namespace nocturn::net
