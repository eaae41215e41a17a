#include "publishing/stop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/result.h"

namespace nocturn::publishing {

Stop::Stop() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(descriptor_ >= 0); }
Stop::~Stop() { ::close(descriptor_); }

void Stop::ask() {
  const std::uint64_t one = 1;
  CHECK(::write(descriptor_, &one, sizeof one) == sizeof one);
}

bool Stop::asked() const {
  pollfd readable{descriptor_, POLLIN, 0};
  return ::poll(&readable, 1, 0) == 1;
}

}  // namespace nocturn::publishing
