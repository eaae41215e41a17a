#include "net/http_server_seats.h"

namespace nocturn::net {

Seats::Seat Seats::take(const std::string& who, std::size_t most) {
  const std::lock_guard lock(book_->mutex);
  std::size_t& taken = book_->taken[who];
  if (taken >= most) {
    if (taken == 0) book_->taken.erase(who);
    return nullptr;
  }
  ++taken;
  return Seat(this, [book = book_, who](void*) {
    const std::lock_guard last(book->mutex);
    const auto found = book->taken.find(who);
    if (--found->second == 0) book->taken.erase(found);
  });
}

std::size_t Seats::guests() const {
  const std::lock_guard lock(book_->mutex);
  return book_->taken.size();
}

}  // namespace nocturn::net
