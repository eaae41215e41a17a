#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nocturn::net {

// Takes a body apart that arrives in chunks (RFC 9112 section 7.1), a byte at a time if need be.
// Strict: no bare CR or LF, no blanks around sizes. Extensions and trailers are read over, and
// together must stay within a limit, as they cost the sender nothing. Pure.
//
// Ours and not Beast's, whose reader of the last chunk asserts that more bytes are there than a
// client needs to send (the first input the fuzzer found; tests/fuzz/corpus/http_request).
class ChunkDecoder {
 public:
  enum class Progress : std::uint8_t { more, complete, malformed, too_large };
  struct Outcome {
    Progress progress;
    std::size_t consumed;  // all, but for what follows a complete body
  };

  ChunkDecoder(std::size_t body_limit, std::size_t overhead_limit)
      : body_left_(body_limit), overhead_left_(overhead_limit) {}

  // Appends to `body`. Not to be called again once it said anything but `more`.
  Outcome feed(std::string_view bytes, std::string& body);

 private:
  enum class Step : std::uint8_t {
    first_digit,
    size,
    extension,
    size_end,
    data,
    data_return,
    data_end,
    trailer,  // at the start of a line
    trailer_line,
    trailer_end,
    body_end,
    complete,
  };

  Progress take(char c);
  Progress take_size(char c);
  Progress read_over(char c, Step at_return);
  Progress expect(bool right, Step next);

  Step step_ = Step::first_digit;
  std::size_t chunk_left_ = 0;
  std::size_t body_left_;
  std::size_t overhead_left_;
};

}  // namespace nocturn::net
