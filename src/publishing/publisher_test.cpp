#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <thread>

#include "publishing/publishing.h"
#include "support/temporary_folder.h"

namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Micros kPatience = 20s;

// A publisher over a folder, and pages that the test makes.
class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() { make_pages("first"); }

  void start(std::vector<KnownFailure> known = {}) {
    publisher_ = Publisher::start({.work = folder_ / "work",
                                   .variable = {},
                                   .newest = [this]() -> Result<CopyPtr> {
                                     const std::lock_guard lock(mutex_);
                                     return copy_;
                                   },
                                   .tell =
                                       [this](ledger::Event event) {
                                         const std::lock_guard lock(mutex_);
                                         events_ += event.type + "\n";
                                       },
                                   .known = std::move(known)},
                                  clock_);
    publisher_->use({target("here", root())});
  }
  inventory::CopyTarget target(const std::string& id, const fs::path& folder) {
    inventory::CopyTarget target;
    target.id = id;
    target.folder = folder.string();
    return target;
  }
  void make_pages(const std::string& body) {
    const std::lock_guard lock(mutex_);
    copy_ = std::make_shared<const Copy>(
        Copy{clock_.wall(), {{"index.html", "text/html", body}, {"a/b.json", "", body}}});
  }
  // Publishes to one target until it is known and was tried.
  std::optional<TargetState> publish(const std::string& id) {
    const SteadyTime until = clock_.steady() + kPatience;
    while (clock_.steady() < until) {
      if (const auto states = publisher_->publish(id, kPatience)) return states->front();
      std::this_thread::sleep_for(5ms);
    }
    return std::nullopt;
  }
  std::string events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  fs::path root() { return folder_ / "copy"; }
  std::string front() {
    std::ifstream in(root() / "current" / "index.html");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  SystemClock clock_;
  testing::TemporaryFolder folder_;
  std::mutex mutex_;
  CopyPtr copy_;
  std::string events_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PublisherTest, brings_each_copy_and_keeps_three) {
  start();
  for (const char* body : {"one", "two", "three", "four", "five"}) {
    make_pages(body);
    const auto state = publish("here");
    ASSERT_TRUE(state && state->standing == Standing::working) << state->reason;
    EXPECT_EQ(front(), body);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(root() / "releases"), {}), 3);
  EXPECT_EQ(events(), "");
}

TEST_F(PublisherTest, tells_once_that_a_target_fails_and_once_that_it_works_again) {
  fs::create_directories(root());
  std::ofstream(root() / "releases") << "in the way";
  start();
  for (int i = 0; i < 2; ++i) {
    const auto state = publish("here");
    ASSERT_TRUE(state);
    EXPECT_EQ(state->standing, Standing::failing);
    EXPECT_NE(state->reason, "");
  }
  EXPECT_EQ(events(), "publishing.target.failed\n");
  fs::remove(root() / "releases");
  EXPECT_EQ(publish("here")->standing, Standing::working);
  EXPECT_EQ(events(), "publishing.target.failed\npublishing.target.recovered\n");
}

TEST_F(PublisherTest, tells_after_a_restart_that_a_target_works_again) {
  start({{"here", clock_.wall() - 1h}});
  EXPECT_EQ(publish("here")->standing, Standing::working);
  EXPECT_EQ(events(), "publishing.target.recovered\n");
}

TEST_F(PublisherTest, tidies_up_what_a_killed_hub_left) {
  fs::create_directories(root() / "releases" / "20200101T000000Z" / "a");
  fs::create_directories(root() / "releases" / "20200102T000000Z" / "a");
  fs::create_directories(root() / "releases" / "20200103T000000Z" / "a");
  fs::create_symlink("releases/20200103T000000Z", root() / ".current.new");
  start();
  EXPECT_EQ(publish("here")->standing, Standing::working);
  EXPECT_EQ(front(), "first");
  EXPECT_FALSE(fs::exists(root() / "releases" / "20200101T000000Z"));
}

TEST_F(PublisherTest, serves_the_targets_of_the_newest_configuration) {
  start();
  ASSERT_TRUE(publish("here"));
  publisher_->use({target("there", folder_ / "other")});
  EXPECT_EQ(publish("there")->standing, Standing::working);
  EXPECT_TRUE(fs::exists(folder_ / "other" / "current" / "a" / "b.json"));
  const auto gone = publisher_->publish("here", kPatience);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST_F(PublisherTest, follows_a_change_by_itself) {
  start();
  ASSERT_TRUE(publish("here"));
  make_pages("changed");
  publisher_->mark_changed();
  const SteadyTime until = clock_.steady() + kPatience;
  while (front() != "changed" && clock_.steady() < until) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(front(), "changed");
}

}  // namespace
}  // namespace nocturn::publishing
