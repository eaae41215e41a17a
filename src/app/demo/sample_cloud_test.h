#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "app/demo/demo_cloud.h"
#include "app/demo/port_probe.h"
#include "support/port_range.h"
#include "support/temporary_folder.h"

// A running sample cloud for tests: one for all tests of a suite, whole again before each.
namespace nocturn::app::demo {

inline std::filesystem::path resources() {
  for (std::filesystem::path folder = std::filesystem::current_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "demo/prepare")) return folder / "demo";
  }
  return {};
}

// Stops a sample cloud when the test ends, however it ends: another process waits for the end of
// the pipe that only the test holds.
class Keeper {
 public:
  explicit Keeper(const std::filesystem::path& folder) {
    if (::pipe2(pipe_, O_CLOEXEC) != 0) std::abort();
    child_ = ::fork();
    if (child_ != 0) {
      ::close(pipe_[0]);
      return;
    }
    ::close(pipe_[1]);
    char byte;
    while (::read(pipe_[0], &byte, 1) < 0) {
    }
    if (auto cloud = DemoCloud::open(folder, 0, resources())) (void)cloud->down();
    ::_exit(0);
  }
  ~Keeper() {
    ::close(pipe_[1]);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  int pipe_[2];
  pid_t child_;
};

class SampleCloudTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new testing::TemporaryFolder;
    std::filesystem::permissions(
        folder_->path(), std::filesystem::perms(0711));  // the database may run as another account
    keeper_ = new Keeper(folder_->path());
    ports_ = new testing::PortRange;
    ASSERT_LE(ports_used(), testing::PortRange::kSize);
    auto cloud = DemoCloud::open(folder_->path(), ports_->first(), resources());
    ASSERT_TRUE(cloud) << cloud.error().text();
    cloud_ = new DemoCloud(*cloud);
    const Status up = cloud_->up();
    ASSERT_TRUE(up) << up.error().text();
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(cloud_ == nullptr || cloud_->down());
    delete keeper_;  // after down(): finds nothing left to stop
    delete std::exchange(cloud_, nullptr);
    delete ports_;
    delete folder_;
  }
  void TearDown() override {
    const Status up = cloud_->up();
    ASSERT_TRUE(up) << up.error().text();
  }

  static inline testing::TemporaryFolder* folder_ = nullptr;
  static inline testing::PortRange* ports_ = nullptr;
  static inline Keeper* keeper_ = nullptr;
  static inline DemoCloud* cloud_ = nullptr;
};

}  // namespace nocturn::app::demo
