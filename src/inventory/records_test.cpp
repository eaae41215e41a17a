#include <gtest/gtest.h>

#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "store/writer.h"
#include "support/temporary_folder.h"

namespace nocturn::inventory {
namespace {

CloudPtr cloud_of(std::string text) {
  const Source sources[] = {{"a.yaml", std::move(text)}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  EXPECT_TRUE(loaded.cloud) << loaded.faults[0].text();
  return loaded.cloud;
}

class Records : public ::testing::Test {
 protected:
  Records() {
    auto opened = store::Database::open((folder_ / "nocturn.db").string());
    EXPECT_TRUE(opened) << opened.error().text();
    database_ = std::move(*opened);
    const store::ModuleMigrations modules[] = {{"inventory", migrations()}};
    const Status migrated = database_->migrate(modules);
    EXPECT_TRUE(migrated) << migrated.error().text();
    writer_ = std::make_unique<store::Writer>(*database_);
  }

  std::vector<Difference> not_applied(const Cloud& cloud) {
    std::vector<Difference> differences;
    const Status status = database_->read([&](store::Reader& reader) -> Status {
      differences = TRY(running_differences(reader, cloud));
      return {};
    });
    EXPECT_TRUE(status) << status.error().text();
    return differences;
  }

  void apply_event(const Difference& difference) {
    ledger::Entry entry{
        .index = 0, .time = WallTime(Micros(7)), .id = "x", .event = to_event(difference)};
    const Status status =
        writer_->run([&](store::Transaction& transaction) { return apply(transaction, entry); });
    EXPECT_TRUE(status) << status.error().text();
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Writer> writer_;
};

TEST_F(Records, tell_nothing_of_a_cloud_that_is_applied_already) {
  const CloudPtr first = cloud_of("products: {a: {name: A}, b: {name: B}}\n");
  EXPECT_EQ(not_applied(*first).size(), 3u);  // the cloud itself, and two products
  for (const Difference& difference : not_applied(*first)) apply_event(difference);
  EXPECT_TRUE(not_applied(*first).empty());
}

TEST_F(Records, tell_the_edits_that_were_made_while_the_hub_was_down) {
  for (const Difference& difference :
       not_applied(*cloud_of("products: {a: {name: A}, b: {name: B}}\n")))
    apply_event(difference);
  const CloudPtr edited = cloud_of("products: {a: {name: AA}, c: {name: C}}\n");
  std::string told;
  for (const Difference& difference : not_applied(*edited)) {
    told += fmt::format("{} {}\n", name_of(difference.kind), difference.object);
    apply_event(difference);
  }
  EXPECT_EQ(told, "changed product/a\nremoved product/b\nadded product/c\n");
  EXPECT_TRUE(not_applied(*edited).empty());
}

TEST_F(Records, keep_what_they_have_when_a_payload_was_erased) {
  const CloudPtr cloud = cloud_of("products: {a: {name: A}}\n");
  for (const Difference& difference : not_applied(*cloud)) apply_event(difference);
  ledger::Entry erased;
  erased.event = {std::string(kObjectChanged), "product/a", ""};
  EXPECT_TRUE(
      writer_->run([&](store::Transaction& transaction) { return apply(transaction, erased); }));
  EXPECT_TRUE(not_applied(*cloud).empty());
}

TEST(ToEvent, carries_both_bodies_or_null) {
  const ledger::Event event =
      to_event({Difference::Kind::removed, "product/a", R"({"name":"A"})", ""});
  EXPECT_EQ(event.type, "inventory.object.changed");
  EXPECT_EQ(event.object, "product/a");
  EXPECT_EQ(event.payload,
            R"({"after":null,"before":{"name":"A"},"kind":"removed","object":"product/a"})");
}

}  // namespace
}  // namespace nocturn::inventory
