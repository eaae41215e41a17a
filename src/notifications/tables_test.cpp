#include <gtest/gtest.h>

#include "base/json.h"
#include "notifications/notifications.h"
#include "notifications/records.h"
#include "notifications/telling_json.h"
#include "support/store_contract.h"

// What a database of an earlier release becomes.
namespace nocturn::notifications {
namespace {

class Tables : public store::ContractTest {
 protected:
  Status migrate(std::size_t steps) {
    const store::ModuleMigrations modules[] = {{"notifications", migrations().first(steps)}};
    return database_->migrate(modules);
  }
  std::size_t about(const std::string& instance) {
    std::size_t count = 0;
    EXPECT_TRUE(database_->read([&](store::Reader& reader) -> Status {
      count =
          TRY(records::notices(reader, {.instance = instance}, {.limit = 10, .after = {}})).size();
      return {};
    }));
    return count;
  }
};

TEST_P(Tables, notices_told_before_their_instances_were_noted_are_found_by_them) {
  ASSERT_TRUE(migrate(4));
  const Telling telling{.notice = NoticeId("n-1"),
                        .number = 1,
                        .rows = {{.instance = "cat-1"}, {.instance = "cat-2"}}};
  const std::string text = *canonical_json(to_json(telling));
  {
    store::Writer writer(*database_);
    ASSERT_TRUE(writer.run([&](store::Transaction& to) -> Status {
      for (const int number : {1, 2})
        TRY_STATUS(to.post("INSERT INTO notifications_tellings VALUES ('n-1', ?, ?, 0, 1)",
                           {std::int64_t{number}, text}));
      return to.post("INSERT INTO notifications_notices VALUES ('n-1', 'trouble', 1, 1, 1, 2, 2)",
                     {});
    }));
  }
  const Status migrated = migrate(migrations().size());
  ASSERT_TRUE(migrated) << migrated.error().text();
  EXPECT_EQ(about("cat-1"), 1U);
  EXPECT_EQ(about("cat-2"), 1U);
  EXPECT_EQ(about("cat-3"), 0U);
  EXPECT_EQ(about(""), 1U);
}

INSTANTIATE_TEST_SUITE_P(Stores, Tables,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
