#pragma once

#include <filesystem>

// A new empty folder below the system's temporary folder, removed with everything in it at the
// end of the object's life. Aborts when none can be made: a test can do nothing without it.
namespace nocturn::testing {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace nocturn::testing
