#include "app/spare_room.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

namespace nocturn::app {
namespace {

namespace fs = std::filesystem;

constexpr off_t kBytes = off_t{2} << 20;  // two logs' indexes, a checkpoint, a few tiles

}  // namespace

void SpareRoom::give_when_full() const {
  std::error_code failed;
  const fs::space_info space = fs::space(file_.parent_path(), failed);
  if (failed || space.available >= static_cast<std::uintmax_t>(kBytes)) return;
  if (fs::remove(file_, failed))
    log::warning("app", "the disk is full: the room kept for a start is given up");
}

void SpareRoom::keep() const {
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return;
  const int refused = ::posix_fallocate(file, 0, kBytes);
  ::close(file);
  std::error_code failed;
  if (refused != 0) fs::remove(file_, failed);
}

}  // namespace nocturn::app
