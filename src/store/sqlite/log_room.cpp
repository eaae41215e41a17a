#include "store/sqlite/log_room.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace nocturn::store::sqlite {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kAhead = kMiB;
constexpr std::int64_t kMostAtOnce = 4 * kMiB;
constexpr std::int64_t kPlenty = 1024 * kMiB;

bool has_plenty_of_room(int file) {
  struct statvfs system{};
  if (::fstatvfs(file, &system) != 0) return false;
  return static_cast<std::int64_t>(system.f_bavail * system.f_frsize) >= kPlenty;
}

}  // namespace

void LogRoom::extend(std::int64_t used) {
  if (used < used_) end_ = 0;  // started over, and perhaps emptied before
  used_ = used;
  if (used + kAhead <= end_) return;
  if (file_.number() < 0) file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  struct stat about{};
  if (file_.number() < 0 || ::fstat(file_.number(), &about) != 0) return;
  end_ = std::max<std::int64_t>(about.st_size, used);
  if (used + kAhead <= end_ || !has_plenty_of_room(file_.number())) return;
  const std::vector<char> zeros(kMiB);
  // A log that is short has little to hold, and whoever starts does not wait for the most.
  const std::int64_t room = std::clamp(end_, kAhead, kMostAtOnce);
  for (std::int64_t written = 0; written < room; written += kMiB) {
    if (::pwrite(file_.number(), zeros.data(), zeros.size(), end_) != kMiB) return;
    end_ += kMiB;
  }
}

}  // namespace nocturn::store::sqlite
