#include "end_to_end/power_cut/cached_disk.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"

namespace nocturn::testing {
namespace {

constexpr std::size_t kCache = 64 << 20;  // a full cache is written out, as a disk's is

// ext4 trusts the disk to write its superblock (1 KiB here, with a checksum) whole: disks do that,
// whose sectors are of 4 KiB.
constexpr std::size_t kFirstBlock = 4096;

}  // namespace

DiskImage::DiskImage(std::uint64_t size) : blocks_(size / kBlock) { CHECK(size % kBlock == 0); }

void DiskImage::read(std::uint64_t from, std::span<std::uint8_t> out) const {
  CHECK(from + out.size() <= size());
  while (!out.empty()) {
    const std::size_t at = from % kBlock;
    const std::size_t count = std::min(out.size(), kBlock - at);
    const Block& block = blocks_[from / kBlock];
    if (block.bytes)
      std::memcpy(out.data(), block.bytes->data() + at, count);
    else
      std::memset(out.data(), 0, count);
    from += count;
    out = out.subspan(count);
  }
}

void DiskImage::write(std::uint64_t to, std::span<const std::uint8_t> bytes) {
  CHECK(to + bytes.size() <= size());
  while (!bytes.empty()) {
    const std::size_t at = to % kBlock;
    const std::size_t count = std::min(bytes.size(), kBlock - at);
    Block& block = blocks_[to / kBlock];
    if (!block.own) {
      using Bytes = std::array<std::uint8_t, kBlock>;
      block.bytes = block.bytes ? std::make_shared<Bytes>(*block.bytes) : std::make_shared<Bytes>();
      block.own = true;
    }
    std::memcpy(block.bytes->data() + at, bytes.data(), count);
    to += count;
    bytes = bytes.subspan(count);
  }
}

DiskImage DiskImage::share() {
  for (Block& block : blocks_) block.own = false;
  return *this;
}

CachedDisk::CachedDisk(DiskImage image) : durable_(std::move(image)), seen_(durable_.share()) {}

void CachedDisk::write(std::uint64_t to, std::span<const std::uint8_t> bytes) {
  seen_.write(to, bytes);
  cache_.push_back({to, {bytes.begin(), bytes.end()}});
  unflushed_ += bytes.size();
  if (unflushed_ > kCache) flush();
}

void CachedDisk::flush() {
  for (const Write& one : cache_) durable_.write(one.to, one.bytes);
  cache_.clear();
  unflushed_ = 0;
}

DiskImage CachedDisk::cut(Unflushed unflushed, std::mt19937& chance) {
  DiskImage left = durable_.share();
  if (unflushed == Unflushed::lost) return left;
  // Sometimes nearly everything got to the disk, sometimes nearly nothing.
  const std::uint32_t odds = unflushed == Unflushed::kept ? 100 : 1 + chance() % 99;
  for (const Write& one : cache_) {
    std::span<const std::uint8_t> bytes = one.bytes;
    for (std::uint64_t at = one.to; !bytes.empty();) {
      const std::size_t whole = at < kFirstBlock ? kFirstBlock - at : kSector;
      const auto unit = bytes.first(std::min(whole, bytes.size()));
      if (chance() % 100 < odds) left.write(at, unit);
      at += unit.size();
      bytes = bytes.subspan(unit.size());
    }
  }
  return left;
}

}  // namespace nocturn::testing
