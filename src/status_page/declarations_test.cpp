#include "status_page/declarations.h"

#include <gtest/gtest.h>

#include "support/sample_facts.h"
#include "support/temporary_folder.h"

namespace nocturn::status_page {
namespace {

using inventory::InstanceId;

const InstanceId kInstance("catalog-eu01");

const inventory::Cloud& cloud() {
  static const inventory::CloudPtr sample = testing::sample_facts().cloud;
  return *sample;
}

TEST(Declarations, become_an_event_with_what_the_public_reads_and_who_said_it) {
  const auto events = decide(cloud(), std::nullopt,
                             Declare{kInstance, Indicator::interruption, " Power is out. ", "Ada"});
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->front().type, "status_page.declaration.made");
  EXPECT_EQ(events->front().object, "instance/catalog-eu01");
  EXPECT_EQ(events->front().payload,
            R"({"because":"Power is out.","by":"Ada","indicator":"interruption",)"
            R"("instance":"catalog-eu01"})");
}

TEST(Declarations, are_refused_whole_when_something_is_wrong) {
  const auto refusal = [](Declare command, std::optional<Declaration> standing = {}) {
    return decide(cloud(), standing, command).error();
  };
  EXPECT_EQ(refusal({InstanceId("nobody"), Indicator::normal, "x", "Ada"}).code,
            ErrorCode::not_found);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, "  ", "Ada"}).code, ErrorCode::invalid);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, "a\nb", "Ada"}).code, ErrorCode::invalid);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, "\xff", "Ada"}).code, ErrorCode::invalid);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, std::string(501, 'x'), "Ada"}).code,
            ErrorCode::invalid);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, "x", ""}).code, ErrorCode::invalid);
  EXPECT_EQ(refusal({kInstance, Indicator::normal, "x", "Ada"},
                    Declaration{kInstance, Indicator::normal, "x", "Bede", {}})
                .code,
            ErrorCode::conflict);
  EXPECT_EQ(decide(cloud(), std::nullopt, Withdraw{kInstance, "Ada"}).error().code,
            ErrorCode::conflict);
}

// Applies what was decided as the ledger would, entry by entry.
class Stored : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::Database::open((folder_ / "db").string());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    database_ = std::move(*opened);
    const store::ModuleMigrations modules[] = {{"status_page", migrations()}};
    const Status migrated = database_->migrate(modules);
    ASSERT_TRUE(migrated.has_value()) << migrated.error().text();
    writer_ = std::make_unique<store::Writer>(*database_);
  }
  template <class Command>
  void run(const Command& command, WallTime time) {
    const Status done = writer_->run([&](store::Transaction& transaction) -> Status {
      const auto standing = TRY(standing_declaration(transaction, command.instance));
      for (const ledger::Event& event : TRY(decide(cloud(), standing, command)))
        TRY_STATUS(apply(transaction, {next_++, time, "", event}));
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
  std::string table(WallTime from, WallTime until) {
    std::string text;
    const Status read = database_->read([&](store::Reader& reader) -> Status {
      for (const DeclaredInterval& each : TRY(declared_intervals(reader, from, until)))
        text += fmt::format("{} {} {} {}-{} {}\n", each.declaration.instance.text(),
                            name_of(each.declaration.indicator), each.declaration.because,
                            each.declaration.at.time_since_epoch().count(),
                            each.until ? each.until->time_since_epoch().count() : -1,
                            each.withdrawn_by);
      return {};
    });
    EXPECT_TRUE(read.has_value()) << read.error().text();
    return text;
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Writer> writer_;
  std::uint64_t next_ = 0;
};

TEST_F(Stored, declarations_follow_one_another_and_keep_their_history) {
  const auto at = [](int micros) { return WallTime(Micros(micros)); };
  run(Declare{kInstance, Indicator::interruption, "Power is out.", "Ada"}, at(10));
  run(Declare{kInstance, Indicator::information, "Power is back.", "Bede"}, at(20));
  run(Declare{InstanceId("catalog-eu02"), Indicator::maintenance, "Disks.", "Ada"}, at(25));
  run(Withdraw{kInstance, "Ada"}, at(30));
  run(Declare{kInstance, Indicator::normal, "All is well.", "Ada"}, at(40));
  EXPECT_EQ(table(at(0), at(100)),
            "catalog-eu01 interruption Power is out. 10-20 Bede\n"
            "catalog-eu01 information Power is back. 20-30 Ada\n"
            "catalog-eu01 normal All is well. 40--1 \n"
            "catalog-eu02 maintenance Disks. 25--1 \n");
  EXPECT_EQ(table(at(30), at(40)), "catalog-eu02 maintenance Disks. 25--1 \n");
}

}  // namespace
}  // namespace nocturn::status_page
