#include "app/demo/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace nocturn::app::demo {

Result<FolderLock> FolderLock::take(const std::filesystem::path& file) {
  return lock(file, LOCK_EX);
}

Result<FolderLock> FolderLock::take_at_once(const std::filesystem::path& file) {
  return lock(file, LOCK_EX | LOCK_NB);
}

Result<FolderLock> FolderLock::lock(const std::filesystem::path& file, int operation) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return fail(ErrorCode::unavailable, "cannot open {}: {}", file.string(), std::strerror(errno));
  }
  FolderLock lock(descriptor);
  while (::flock(descriptor, operation) != 0) {
    if (errno == EWOULDBLOCK) return fail(ErrorCode::conflict, "{} is held", file.string());
    if (errno != EINTR) {
      return fail(ErrorCode::unavailable, "cannot lock {}: {}", file.string(),
                  std::strerror(errno));
    }
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace nocturn::app::demo
