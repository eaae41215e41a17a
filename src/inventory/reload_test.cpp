#include "inventory/reload.h"

#include <gtest/gtest.h>

#include <fstream>

#include "inventory/sample_kinds_test.h"
#include "support/temporary_folder.h"

namespace nocturn::inventory {
namespace {

class Reload : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  testing::TemporaryFolder folder_;
  Reloader reloader_{folder_ / "", kSampleKinds};
};

TEST_F(Reload, takes_the_files_when_they_are_right) {
  write("a.yaml", "products: {a: {name: A}}\n");
  EXPECT_TRUE(reloader_.edited());
  EXPECT_TRUE(reloader_.reload().applied);
  EXPECT_FALSE(reloader_.edited());
  EXPECT_EQ(reloader_.cloud()->products.size(), 1u);
}

TEST_F(Reload, keeps_the_old_cloud_when_an_edit_is_wrong) {
  write("a.yaml", "products: {a: {name: A}}\n");
  reloader_.reload();
  const CloudPtr running = reloader_.cloud();
  write("a.yaml", "products: {a: {nme: A}}\n");
  EXPECT_TRUE(reloader_.edited());
  const Reloader::Outcome outcome = reloader_.reload();
  EXPECT_FALSE(outcome.applied);
  EXPECT_EQ(outcome.faults.size(), 2u);
  EXPECT_EQ(reloader_.pending_faults().size(), 2u);
  EXPECT_EQ(reloader_.cloud(), running);
  EXPECT_FALSE(reloader_.edited());  // no second look at what is known to be wrong

  write("a.yaml", "products: {a: {name: Mended}}\n");
  EXPECT_TRUE(reloader_.edited());
  const Reloader::Outcome mended = reloader_.reload();
  EXPECT_TRUE(mended.applied);
  ASSERT_EQ(mended.differences.size(), 1u);
  EXPECT_EQ(mended.differences[0].object, "product/a");
  EXPECT_TRUE(reloader_.pending_faults().empty());
}

TEST_F(Reload, keeps_the_old_cloud_when_the_folder_is_gone) {
  write("a.yaml", "products: {a: {name: A}}\n");
  reloader_.reload();
  std::filesystem::remove_all(folder_ / "a.yaml");
  EXPECT_TRUE(reloader_.edited());
  EXPECT_FALSE(reloader_.reload().applied);
  ASSERT_NE(reloader_.cloud(), nullptr);
  EXPECT_EQ(reloader_.cloud()->products.size(), 1u);
}

TEST_F(Reload, reads_folders_below_and_nothing_hidden) {
  write("a.yaml", "products: {a: {name: A}}\n");
  write("territory/emea/b.yml", "products: {b: {name: B}}\n");
  write(".git/c.yaml", "not: right\n");
  write(".d.yaml.swp.yaml", "not: right\n");
  write("notes.txt", "not: right\n");
  const Reloader::Outcome outcome = reloader_.reload();
  EXPECT_TRUE(outcome.applied);
  EXPECT_EQ(reloader_.cloud()->products.size(), 2u);
}

TEST_F(Reload, says_where_a_fault_is_relative_to_the_folder) {
  write("territory/emea/b.yml", "products: {b: {nme: B}}\n");
  EXPECT_EQ(reloader_.reload().faults.at(0).place.file, "territory/emea/b.yml");
}

TEST_F(Reload, refuses_an_empty_folder_and_one_with_too_many_files) {
  EXPECT_FALSE(reloader_.reload().applied);
  for (int i = 0; i <= 1'000; ++i) write(fmt::format("{}.yaml", i), "");
  const Reloader::Outcome outcome = reloader_.reload();
  ASSERT_EQ(outcome.faults.size(), 1u);
  EXPECT_TRUE(outcome.faults[0].what.contains("more than 1000 files"));
}

}  // namespace
}  // namespace nocturn::inventory
