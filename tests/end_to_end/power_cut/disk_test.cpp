// That a power cut here is one: what nobody flushed is lost, what was flushed is there, and what
// the disk still had in its cache may be either. Without this the other tests would prove nothing.

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "end_to_end/power_cut/powered_disk.h"
#include "support/temporary_folder.h"
#include "support/text_file.h"

namespace nocturn::testing {
namespace {

constexpr std::uint64_t kSize = 256 << 20;
constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kPlace = 5 * kPage;

std::vector<std::uint8_t> filled(std::size_t size, std::uint8_t with) {
  return std::vector<std::uint8_t>(size, with);
}

TEST(CachedDisk, keeps_what_was_flushed_and_what_chance_leaves_of_the_rest) {
  std::mt19937 chance(1);
  CachedDisk disk{DiskImage(1 << 20)};
  disk.write(kPlace, filled(kPage, 'f'));
  disk.flush();
  disk.write(kPlace, filled(kPage, 'u'));
  auto found = filled(kPage, 0);
  disk.read(kPlace, found);
  EXPECT_EQ(found, filled(kPage, 'u'));
  disk.cut(Unflushed::lost, chance).read(kPlace, found);
  EXPECT_EQ(found, filled(kPage, 'f'));
  disk.cut(Unflushed::kept, chance).read(kPlace, found);
  EXPECT_EQ(found, filled(kPage, 'u'));
  int mixed = 0;
  for (int time = 0; time < 50; ++time) {
    disk.cut(Unflushed::torn, chance).read(kPlace, found);
    for (std::size_t at = 0; at < kPage; at += kSector)
      for (std::size_t i = at; i < at + kSector; ++i) ASSERT_EQ(found[i], found[at]) << "a sector";
    mixed += found.front() != found.back() ? 1 : 0;
  }
  EXPECT_GT(mixed, 0);
}

TEST(CachedDisk, an_image_does_not_change_with_the_disk_that_goes_on) {
  std::mt19937 chance(1);
  CachedDisk disk{DiskImage(1 << 20)};
  disk.write(70'000, filled(kPage, 'a'));
  disk.flush();
  DiskImage image = disk.cut(Unflushed::lost, chance);
  CachedDisk other(image.share());
  disk.write(70'000, filled(kPage, 'b'));
  disk.flush();
  other.write(70'000, filled(kPage, 'c'));
  auto found = filled(kPage, 0);
  image.read(70'000, found);
  EXPECT_EQ(found, filled(kPage, 'a'));
  disk.read(70'000, found);
  EXPECT_EQ(found, filled(kPage, 'b'));
}

class PowerCut : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { missing_ = why_no_powered_disk(); }
  void SetUp() override {
    if (!missing_.empty()) GTEST_SKIP() << missing_;
    auto disk = PoweredDisk::plug_in(DiskImage(kSize), folder_ / "live");
    ASSERT_TRUE(disk) << disk.error().text();
    disk_ = std::move(*disk);
    for (const Status& step : {disk_->format(), disk_->mount()})
      ASSERT_TRUE(step) << step.error().text();
  }
  // The disk as it is found after the power came back.
  std::unique_ptr<PoweredDisk> after_cut(Unflushed unflushed) {
    auto disk = PoweredDisk::plug_in(disk_->cut(unflushed, chance_).image,
                                     folder_ / ("cut" + std::to_string(++cuts_)));
    EXPECT_TRUE(disk && (*disk)->mount());
    return std::move(*disk);
  }

  static inline std::string missing_;
  TemporaryFolder folder_;
  std::mt19937 chance_{2};
  std::unique_ptr<PoweredDisk> disk_;
  int cuts_ = 0;
};

TEST_F(PowerCut, loses_what_was_written_and_not_flushed_and_keeps_what_was) {
  std::ofstream(disk_->files() / "unflushed") << "in the page cache";
  const int file = ::open((disk_->files() / "flushed").c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_EQ(::write(file, "on the disk", 11), 11);
  ASSERT_EQ(::fdatasync(file), 0);
  ::close(file);
  EXPECT_EQ(text_of(disk_->files() / "unflushed"), "in the page cache");
  for (const Unflushed rest : {Unflushed::lost, Unflushed::kept, Unflushed::torn}) {
    const auto found = after_cut(rest);
    EXPECT_EQ(text_of(found->files() / "unflushed"), "");
    EXPECT_EQ(text_of(found->files() / "flushed"), "on the disk");
  }
}

TEST_F(PowerCut, may_lose_what_only_the_cache_of_the_disk_has) {
  const std::string file = disk_->files() / "direct";
  std::ofstream(file) << std::string(kPage, 'o');
  const int writing = ::open(file.c_str(), O_WRONLY | O_DIRECT);
  ASSERT_EQ(::fsync(writing), 0);
  const std::unique_ptr<char, void (*)(void*)> page(
      static_cast<char*>(std::aligned_alloc(kPage, kPage)), std::free);
  std::fill_n(page.get(), kPage, 'n');
  ASSERT_EQ(::pwrite(writing, page.get(), kPage, 0), static_cast<ssize_t>(kPage));
  EXPECT_EQ(text_of(after_cut(Unflushed::lost)->files() / "direct"), std::string(kPage, 'o'));
  EXPECT_EQ(text_of(after_cut(Unflushed::kept)->files() / "direct"), std::string(kPage, 'n'));
  ASSERT_EQ(::fdatasync(writing), 0);
  EXPECT_EQ(text_of(after_cut(Unflushed::lost)->files() / "direct"), std::string(kPage, 'n'));
  ::close(writing);
}

}  // namespace
}  // namespace nocturn::testing
