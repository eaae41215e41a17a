#pragma once

#include <filesystem>

// Room on the data folder's disk for what a start itself has to write: without it a hub that a full
// disk stopped would not start again to tell of it. Any thread, one at a time.
namespace nocturn::app {

class SpareRoom {
 public:
  explicit SpareRoom(const std::filesystem::path& folder) : file_(folder / "spare-room") {}

  // Before anything is opened: when the disk has less room than the spare file, the file goes.
  void give_when_full() const;
  // Makes the file unless it is there; a disk that is still full gets it another time.
  void keep() const;

 private:
  std::filesystem::path file_;
};

}  // namespace nocturn::app
