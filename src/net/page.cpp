#include <brotli/encode.h>
#include <openssl/evp.h>

#include <array>

#include "base/text.h"
#include "net/gzip.h"
#include "net/http.h"
#include "net/http_response.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kBestBrotliUpTo = 1024 * 1024;
// Beyond these, a percent less costs three times as much.
constexpr int kQuickBrotli = 5;
constexpr int kQuickGzip = 6, kBestGzip = 9;

std::string brotli(std::string_view text, int quality) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  CHECK(BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                              as_bytes(text).data(), &size,
                              reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE);
  out.resize(size);
  return out;
}

// 128 bits of SHA-256 over everything a client sees: a change of type alone is a change.
std::string content_hash(const PageSource& source) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  std::string text = source.content_type + '\0' + source.cache_control + '\0';
  for (const Header& header : source.headers) text += header.name + ':' + header.value + '\0';
  text += source.body;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  return to_hex(std::span(digest).first(16));
}

std::string caching_lines(const PageSource& source, std::string_view etag) {
  return fmt::format("ETag: {}\r\nCache-Control: {}\r\nVary: Accept-Encoding\r\n", etag,
                     source.cache_control);
}

Page::Variant variant(const PageSource& source, std::string_view etag, std::string_view coding,
                      std::string_view body) {
  Page::Variant result;
  result.etag = etag;
  std::string& out = result.bytes;
  out = fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}",
                    source.content_type, body.size(), caching_lines(source, etag));
  if (!coding.empty()) out.append("Content-Encoding: ").append(coding).append("\r\n");
  for (const Header& header : source.headers)
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  out += "X-Content-Type-Options: nosniff\r\n\r\n";
  result.head_size = out.size();
  out += body;
  return result;
}

Page::Variant not_modified(const PageSource& source, std::string_view etag) {
  Page::Variant result;
  result.etag = etag;
  result.bytes = fmt::format("HTTP/1.1 304 Not Modified\r\n{}\r\n", caching_lines(source, etag));
  result.head_size = result.bytes.size();
  return result;
}

}  // namespace

std::shared_ptr<const Page> make_page(const PageSource& source) {
  auto page = std::make_shared<Page>();
  const std::string hash = content_hash(source);
  const std::array<std::string, 3> etags{'"' + hash + '"', '"' + hash + "-gz\"",
                                         '"' + hash + "-br\""};
  page->etag = etags[0];
  page->identity = variant(source, etags[0], "", source.body);
  const std::string zipped =
      !source.gzip.empty() ? source.gzip : gzip(source.body, source.quick ? kQuickGzip : kBestGzip);
  if (zipped.size() < source.body.size()) page->gzip = variant(source, etags[1], "gzip", zipped);
  const bool quick = source.quick || source.body.size() > kBestBrotliUpTo;
  const std::string smaller = !source.brotli.empty()
                                  ? source.brotli
                                  : brotli(source.body, quick ? kQuickBrotli : BROTLI_MAX_QUALITY);
  if (smaller.size() < source.body.size()) page->brotli = variant(source, etags[2], "br", smaller);
  for (std::size_t i = 0; i < etags.size(); ++i)
    page->not_modified[i] = not_modified(source, etags[i]);
  return page;
}

}  // namespace nocturn::net
