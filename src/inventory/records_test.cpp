#include <gtest/gtest.h>

#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "store/writer.h"
#include "support/sample_ledger.h"
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

  void apply_event(const Difference& difference, WallTime at = WallTime(Micros(7))) {
    ledger::Entry entry{.index = 0, .time = at, .id = "x", .event = to_event(difference)};
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

TEST_F(Records, know_since_when_an_instance_is_there_whatever_becomes_of_it_since) {
  const std::string object = "instance/a", other = "instance/b";
  const auto told = [&] {
    Beginnings found;
    const Status status = database_->read([&](store::Reader& reader) -> Status {
      found = TRY(beginnings(reader));
      return {};
    });
    EXPECT_TRUE(status) << status.error().text();
    return found;
  };
  const auto at = [](int micros) { return WallTime(Micros(micros)); };
  apply_event({Difference::Kind::added, "check/a/x", "", "{}"}, at(1));
  apply_event({Difference::Kind::added, object, "", R"({"name":"A"})"}, at(1));
  apply_event({Difference::Kind::added, other, "", R"({"name":"B"})"}, at(2));
  apply_event({Difference::Kind::changed, object, R"({"name":"A"})", R"({"name":"C"})"}, at(3));
  EXPECT_EQ(told(), (Beginnings{{object, at(1)}, {other, at(2)}}));
  apply_event({Difference::Kind::removed, object, R"({"name":"C"})", ""}, at(4));
  EXPECT_EQ(told(), (Beginnings{{other, at(2)}}));
  apply_event({Difference::Kind::added, object, "", R"({"name":"A"})"}, at(5));
  EXPECT_EQ(told(), (Beginnings{{object, at(5)}, {other, at(2)}}));
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

// How the table was kept before it said since when an object is there.
Status apply_as_before(store::Transaction& transaction, const ledger::Entry& entry) {
  TRY_STATUS(transaction.execute(
      "INSERT INTO inventory_objects (object, body, changed_at) VALUES (?, '{}', ?) "
      "ON CONFLICT (object) DO UPDATE SET changed_at = excluded.changed_at",
      {std::string_view(entry.event.object), std::int64_t{entry.time.time_since_epoch().count()}}));
  return {};
}

TEST(OldRecords, learn_from_the_ledger_since_when_an_instance_is_there) {
  const testing::TemporaryFolder folder;
  const auto database = store::Database::open((folder / "nocturn.db").string()).value();
  const store::ModuleMigrations before[] = {{"ledger", ledger::migrations()},
                                            {"inventory", migrations().first(1)}};
  ASSERT_TRUE(database->migrate(before));
  VirtualClock clock(WallTime(Micros(1'000'000)));
  SeededRandom random(1);
  {
    const ledger::Applier appliers[] = {{"inventory.", apply_as_before}};
    const auto ledger =
        ledger::Ledger::open(*database, testing::sample_ledger(folder, appliers), clock, random)
            .value();
    const auto record = [&](Difference difference) {
      ASSERT_TRUE(ledger->record([&](store::Reader&, WallTime) {
        return std::vector<ledger::Event>{to_event(difference)};
      }));
      clock.advance(Micros(1'000'000));
    };
    record({Difference::Kind::added, "instance/a", "", R"({"name":"A"})"});
    record({Difference::Kind::changed, "instance/a", R"({"name":"A"})", R"({"name":"B"})"});
  }
  const store::ModuleMigrations now[] = {{"ledger", ledger::migrations()},
                                         {"inventory", migrations()}};
  const Status migrated = database->migrate(now);
  ASSERT_TRUE(migrated) << migrated.error().text();
  Beginnings told;
  ASSERT_TRUE(database->read([&](store::Reader& reader) -> Status {
    told = TRY(beginnings(reader));
    return {};
  }));
  EXPECT_EQ(told, (Beginnings{{"instance/a", WallTime(Micros(1'000'000))}}));
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
