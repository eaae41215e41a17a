#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http.h"
#include "net/loop.h"

namespace nocturn::net {

// Bytes that are sent as they are, shared by all who are sending them.
struct ReadyBytes {
  std::string bytes;
  std::size_t head_size = 0;
  int memory = -1;  // a file in memory with the same bytes, for sendfile(2); or -1

  ReadyBytes() = default;
  ~ReadyBytes();
  ReadyBytes(const ReadyBytes&) = delete;
  ReadyBytes& operator=(const ReadyBytes&) = delete;
};

// One loop's view of the page board. A page answers with its prepared bytes plus a Date line
// (RFC 9110 section 6.6.1); so that this costs nothing per request, each form of a page that is
// asked for is copied once a second, with the line in it. What is being sent is never written to.
class PageShelf {
 public:
  enum class Form : std::uint8_t { identity, gzip, brotli, identity_304, gzip_304, brotli_304 };

  // `with_files`: large forms also get a ReadyBytes::memory.
  PageShelf(const PageBoard& board, const Loop& loop, bool with_files)
      : board_(board), loop_(loop), with_files_(with_files) {}

  // The page under that exact target, or null. Valid until the next call.
  const Page* find(std::string_view target);
  // The form of the page last found, ready to be sent.
  const std::shared_ptr<const ReadyBytes>& ready(Form form);

  // "Date: …\r\n", right to the second.
  const std::string& date_line();

 private:
  struct Copies {
    std::shared_ptr<const Page> page;
    std::array<std::shared_ptr<const ReadyBytes>, 6> forms;
  };

  void turn_second();
  void drop_copies();

  const PageBoard& board_;
  const Loop& loop_;
  const bool with_files_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const PageSet> pages_;
  SteadyTime second_ends_{SteadyTime::min()};
  std::string date_line_;
  std::unordered_map<std::string, Copies, TextHash, std::equal_to<>> copies_;
  std::size_t copied_bytes_ = 0;
  int files_ = 0;
  Copies* found_ = nullptr;
};

}  // namespace nocturn::net
