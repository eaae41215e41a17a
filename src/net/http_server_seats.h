#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

// How many connections, or event streams, each client holds at once. Knows nobody who holds none,
// so it is never larger than what is open. Thread-safe.
namespace nocturn::net {

class Seats {
 public:
  // Given back when nobody holds it any more; may outlive the Seats.
  using Seat = std::shared_ptr<void>;

  // Nothing when `who` has `most` already.
  Seat take(const std::string& who, std::size_t most);
  std::size_t guests() const;  // who hold one at least

 private:
  struct Book {
    std::mutex mutex;
    std::unordered_map<std::string, std::size_t> taken;
  };
  std::shared_ptr<Book> book_ = std::make_shared<Book>();
};

}  // namespace nocturn::net
