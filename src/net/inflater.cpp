#include "net/inflater.h"

#include <algorithm>

#include <zlib.h>

namespace nocturn::net {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;
constexpr unsigned kPiece = 16 * 1024;

}  // namespace

Inflater::Inflater(Coding coding) : coding_(coding), stream_(std::make_unique<z_stream>()) {}

Inflater::~Inflater() {
  if (started_) inflateEnd(stream_.get());
}

Result<bool> Inflater::unfold(std::string_view bytes, std::string& out, std::size_t limit) {
  if (bytes.empty()) return true;
  z_stream& stream = *stream_;
  if (!started_) {
    // "deflate" is zlib's format by the book; many servers send it bare. Zlib's begins with 8.
    const bool zlib = (static_cast<unsigned char>(bytes.front()) & 0x0F) == 8;
    const int window = coding_ == Coding::gzip ? kGzipWindow : zlib ? kZlibWindow : kRawWindow;
    if (inflateInit2(&stream, window) != Z_OK) {
      return fail(ErrorCode::internal, "zlib cannot be started");
    }
    started_ = true;
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<unsigned>(bytes.size());
  char piece[kPiece];
  bool full_piece = false;
  while (stream.avail_in > 0 || full_piece) {
    if (whole_) {  // gzip: another member may follow (RFC 1952, section 2.2)
      if (coding_ != Coding::gzip || inflateReset(&stream) != Z_OK) return true;
      whole_ = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = kPiece;
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return fail(ErrorCode::corrupt, "the body is not the {} it claims to be",
                  coding_ == Coding::gzip ? "gzip" : "deflate");
    }
    const std::size_t got = kPiece - stream.avail_out;
    full_piece = stream.avail_out == 0;
    out.append(piece, std::min(got, limit - std::min(limit, out.size())));
    whole_ = status == Z_STREAM_END;
    if (whole_) full_piece = false;
    if (out.size() >= limit && (got > 0 && !whole_)) return false;
    if (status == Z_BUF_ERROR) break;
  }
  return true;
}

}  // namespace nocturn::net
