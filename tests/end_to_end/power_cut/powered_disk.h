#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <thread>

#include "base/result.h"
#include "end_to_end/power_cut/cached_disk.h"

// A real ext4 on a disk whose power a test can cut at any moment. The disk is a file that this
// process serves to the kernel (FUSE); ext4 lies on a loop device over it. So every write that the
// file system hands to its disk, and every flush, passes through CachedDisk, and what is only in
// the kernel's page cache never gets here: it is lost with the power.
//
// Needs root, FUSE, loop devices and ext4. Everything is mounted in a mount namespace of the
// test's own: whatever way the test ends, the kernel takes it down.
namespace nocturn::testing {

// Gives the calling thread, and all threads and programs it starts later, mounts of its own. Why
// that or what else a powered disk needs is not possible here; nothing when all is there.
std::string why_no_powered_disk();

class PoweredDisk {
 public:
  struct Cut {
    DiskImage image;
    std::size_t unflushed;  // bytes that only the disk's cache had
  };

  // Serves the disk as a file below `folder`, which is made.
  static Result<std::unique_ptr<PoweredDisk>> plug_in(DiskImage image,
                                                      std::filesystem::path folder);
  // Unmounts.
  ~PoweredDisk();
  PoweredDisk(const PoweredDisk&) = delete;
  PoweredDisk& operator=(const PoweredDisk&) = delete;

  Status format();
  // Replays ext4's journal, as after a power cut.
  Status mount();
  // Everything that was written is flushed. Nobody may have a file open there.
  Status unmount();
  // Where the file system is seen.
  std::filesystem::path files() const { return folder_ / "files"; }

  // The disk as it would be found if the power had failed now; this one goes on.
  Cut cut(Unflushed rest, std::mt19937& chance);
  // The same, but in the moment after so many more writes (at least one): then there is most to
  // lose. When none come any more, as it is after a second.
  Cut cut_after(unsigned writes, Unflushed rest, std::mt19937& chance);

 private:
  PoweredDisk(DiskImage image, std::filesystem::path folder);
  Status serve();
  Cut make_cut(Unflushed rest, std::mt19937& chance);
  void loop();
  void answer(std::span<const std::uint8_t> request);
  void reply(std::uint64_t to, int error, std::span<const std::uint8_t> body);
  std::filesystem::path device() const { return folder_ / "disk"; }

  const std::filesystem::path folder_;
  std::mutex mutex_;
  CachedDisk disk_;
  std::function<void()> after_writes_;  // to be called when writes_to_come_ comes to nothing
  unsigned writes_to_come_ = 0;
  bool served_ = false, mounted_ = false;
  int channel_ = -1;  // to the kernel
  int stop_ = -1;     // wakes the thread for its end
  std::thread thread_;
};

}  // namespace nocturn::testing
