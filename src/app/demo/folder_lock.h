#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace nocturn::app::demo {

// Holds flock(2) on a file while it lives, so that one command at a time works on a folder. Ends
// with the process, however that ends.
class FolderLock {
 public:
  // Waits for whoever holds it.
  static Result<FolderLock> take(const std::filesystem::path& file);
  // Does not wait: `conflict` while somebody holds it.
  static Result<FolderLock> take_at_once(const std::filesystem::path& file);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  static Result<FolderLock> lock(const std::filesystem::path& file, int operation);
  int descriptor_;
};

}  // namespace nocturn::app::demo
