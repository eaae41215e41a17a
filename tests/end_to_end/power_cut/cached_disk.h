#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <vector>

// A disk with a volatile write cache, in memory: what was written is read back at once, but only a
// flush makes it durable. A power cut keeps what was flushed and, of the rest, what chance leaves
// of it: whole, nothing, or any of its sectors in any order, as real disks do. Pure; of one thread.
namespace nocturn::testing {

inline constexpr std::size_t kSector = 512;  // what a disk writes whole or not at all

// The bytes of a disk. What was never written is zero and takes no memory.
class DiskImage {
 public:
  explicit DiskImage(std::uint64_t size);

  std::uint64_t size() const { return blocks_.size() * kBlock; }
  // Both must lie within the disk.
  void read(std::uint64_t from, std::span<std::uint8_t> out) const;
  void write(std::uint64_t to, std::span<const std::uint8_t> bytes);
  // A copy that shares the bytes with this one until either writes: quick.
  DiskImage share();

 private:
  static constexpr std::size_t kBlock = 64 * 1024;
  struct Block {
    std::shared_ptr<std::array<std::uint8_t, kBlock>> bytes;
    bool own = false;  // nobody else has it
  };
  std::vector<Block> blocks_;
};

// What becomes of writes that were not flushed when the power fails.
enum class Unflushed { kept, lost, torn };

class CachedDisk {
 public:
  explicit CachedDisk(DiskImage image);

  std::uint64_t size() const { return durable_.size(); }
  void read(std::uint64_t from, std::span<std::uint8_t> out) const { seen_.read(from, out); }
  void write(std::uint64_t to, std::span<const std::uint8_t> bytes);
  void flush();
  // What is on the disk if the power fails now; this disk goes on.
  DiskImage cut(Unflushed unflushed, std::mt19937& chance);
  // Bytes written since the last flush.
  std::size_t unflushed() const { return unflushed_; }

 private:
  struct Write {
    std::uint64_t to;
    std::vector<std::uint8_t> bytes;
  };
  DiskImage durable_;
  DiskImage seen_;
  std::vector<Write> cache_;  // since the last flush, oldest first
  std::size_t unflushed_ = 0;
};

}  // namespace nocturn::testing
