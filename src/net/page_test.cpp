#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/text.h"
#include "net/http.h"
#include "net/http_response.h"

namespace nocturn::net {
namespace {

std::string body_of(const Page::Variant& variant) {
  return variant.bytes.substr(variant.head_size);
}

std::string gunzip(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

std::string unbrotli(const std::string& packed, std::size_t size) {
  std::string out(size, '\0');
  EXPECT_EQ(BrotliDecoderDecompress(packed.size(), as_bytes(packed).data(), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  return out;
}

TEST(MakePage, writes_complete_answers_for_every_encoding) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += fmt::format("row {}\n", i);
  const auto page = make_page({"text/plain", body, "max-age=5", {{"X-A", "b"}}});
  EXPECT_EQ(body_of(page->identity), body);
  EXPECT_EQ(gunzip(body_of(page->gzip), body.size()), body);
  EXPECT_EQ(unbrotli(body_of(page->brotli), body.size()), body);
  const std::string hash = page->etag.substr(1, page->etag.size() - 2);
  EXPECT_EQ(page->identity.bytes.substr(0, page->identity.head_size),
            fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n"
                        "ETag: \"{}\"\r\nCache-Control: max-age=5\r\nVary: Accept-Encoding\r\n"
                        "X-A: b\r\nX-Content-Type-Options: nosniff\r\n\r\n",
                        body.size(), hash));
  EXPECT_EQ(page->not_modified[1].bytes,
            fmt::format("HTTP/1.1 304 Not Modified\r\nETag: \"{}-gz\"\r\n"
                        "Cache-Control: max-age=5\r\nVary: Accept-Encoding\r\n\r\n",
                        hash));
}

TEST(MakePage, packs_quickly_when_asked_and_tells_the_same) {
  std::string body;
  for (int i = 0; i < 5000; ++i) body += fmt::format("row {}\n", i * 7919);
  PageSource source{"text/plain", body, "no-cache", {}};
  const auto best = make_page(source);
  source.quick = true;
  const auto quick = make_page(source);
  EXPECT_EQ(quick->etag, best->etag);
  EXPECT_GT(quick->brotli.bytes.size(), best->brotli.bytes.size());
  EXPECT_EQ(unbrotli(body_of(quick->brotli), body.size()), body);
  EXPECT_EQ(gunzip(body_of(quick->gzip), body.size()), body);
}

TEST(MakePage, takes_what_was_packed_beforehand_and_packs_the_rest) {
  const std::string body(1000, 'x');
  PageSource source{"text/plain", body, "no-cache", {}};
  const auto packed_now = make_page(source);
  source.brotli = "packed by the build";
  const auto page = make_page(source);
  EXPECT_EQ(body_of(page->brotli), "packed by the build");
  EXPECT_EQ(page->gzip.bytes, packed_now->gzip.bytes);
  EXPECT_EQ(page->etag, packed_now->etag);
}

TEST(MakePage, leaves_out_encodings_that_would_not_be_smaller) {
  const auto page = make_page({"text/plain", "x", "no-cache", {}});
  EXPECT_TRUE(page->gzip.bytes.empty());
  EXPECT_TRUE(page->brotli.bytes.empty());
}

TEST(MakePage, gives_the_same_tag_to_the_same_content_only) {
  const PageSource source{"text/plain", "body", "no-cache", {}};
  EXPECT_EQ(make_page(source)->etag, make_page(source)->etag);
  PageSource other = source;
  other.body = "Body";
  EXPECT_NE(make_page(source)->etag, make_page(other)->etag);
  other = source;
  other.content_type = "text/html";
  EXPECT_NE(make_page(source)->etag, make_page(other)->etag);
}

TEST(HttpDate, writes_the_example_of_the_rfc) {
  using namespace std::chrono;
  const WallTime time = sys_days(year(1994) / 11 / 6) + hours(8) + minutes(49) + seconds(37);
  EXPECT_EQ(http_date(time + Micros(999'999)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Serialise, frames_the_body_itself) {
  const Response response{201, {{"content-length", "99"}, {"Location", "/x"}}, "made"};
  EXPECT_EQ(
      serialise(response, {false, true, "Date: now\r\n"}),
      "HTTP/1.1 201 Created\r\nDate: now\r\nLocation: /x\r\n"
      "X-Content-Type-Options: nosniff\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmade");
  EXPECT_EQ(serialise({204, {}, "ignored"}, {}),
            "HTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\n\r\n");
  EXPECT_TRUE(serialise({99, {}, ""}, {}).starts_with("HTTP/1.1 500 "));
}

}  // namespace
}  // namespace nocturn::net
