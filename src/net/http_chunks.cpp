#include "net/http_chunks.h"

#include <algorithm>

namespace nocturn::net {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

}  // namespace

ChunkDecoder::Outcome ChunkDecoder::feed(std::string_view bytes, std::string& body) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    if (step_ == Step::data) {
      const std::string_view piece = bytes.substr(used, chunk_left_);
      body += piece;
      used += piece.size();
      chunk_left_ -= piece.size();
      if (chunk_left_ == 0) step_ = Step::data_return;
      continue;
    }
    const Progress progress = take(bytes[used++]);
    if (progress != Progress::more) return {progress, used};
  }
  return {Progress::more, used};
}

ChunkDecoder::Progress ChunkDecoder::take(char c) {
  switch (step_) {
    case Step::first_digit:
    case Step::size: return take_size(c);
    case Step::extension: return read_over(c, Step::size_end);
    case Step::size_end: return expect(c == '\n', chunk_left_ == 0 ? Step::trailer : Step::data);
    case Step::data_return: return expect(c == '\r', Step::data_end);
    case Step::data_end: return expect(c == '\n', Step::first_digit);
    case Step::trailer:
      if (c == '\r') return expect(true, Step::body_end);
      step_ = Step::trailer_line;
      return read_over(c, Step::trailer_end);
    case Step::trailer_line: return read_over(c, Step::trailer_end);
    case Step::trailer_end: return expect(c == '\n', Step::trailer);
    case Step::body_end: return expect(c == '\n', Step::complete);
    case Step::data:
    case Step::complete: break;
  }
  return Progress::malformed;
}

ChunkDecoder::Progress ChunkDecoder::take_size(char c) {
  const int digit = hex_digit(c);
  if (digit < 0) {
    if (step_ == Step::first_digit) return Progress::malformed;
    body_left_ -= chunk_left_;
    if (c == ';') return expect(true, Step::extension);
    return expect(c == '\r', Step::size_end);
  }
  // A size of zero that goes on ("0000001") is as free of cost as an extension.
  const bool idle_zero = step_ == Step::size && chunk_left_ == 0;
  if (idle_zero && overhead_left_-- == 0) return Progress::malformed;
  step_ = Step::size;
  // Cannot overflow: what it was before is at most the limit on bodies.
  chunk_left_ = chunk_left_ * 16 + static_cast<std::size_t>(digit);
  return chunk_left_ > body_left_ ? Progress::too_large : Progress::more;
}

ChunkDecoder::Progress ChunkDecoder::read_over(char c, Step at_return) {
  if (c == '\r') return expect(true, at_return);
  if (is_control(c) || overhead_left_ == 0) return Progress::malformed;
  --overhead_left_;
  return Progress::more;
}

ChunkDecoder::Progress ChunkDecoder::expect(bool right, Step next) {
  if (!right) return Progress::malformed;
  step_ = next;
  return next == Step::complete ? Progress::complete : Progress::more;
}

}  // namespace nocturn::net
