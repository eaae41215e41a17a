#include "app/appliers.h"

#include <gtest/gtest.h>

#include "store/schema.h"
#include "support/postgresql_server.h"
#include "support/temporary_folder.h"

namespace nocturn::app {
namespace {

std::vector<std::string> columns_on(const std::string& place) {
  const auto database = store::Database::open(place);
  if (!database) return {database.error().text()};
  if (const Status done = (*database)->migrate(module_migrations()); !done)
    return {done.error().text()};
  const auto columns = store::describe_schema(**database);
  return columns ? *columns : std::vector{columns.error().text()};
}

TEST(Tables, of_every_folder_are_the_same_on_sqlite_and_postgresql) {
  const testing::TemporaryFolder folder;
  const auto server = testing::PostgresqlServer::start();
  ASSERT_TRUE(server) << server.error().text();
  const auto on_sqlite = columns_on((folder / "tables.db").string());
  EXPECT_GT(on_sqlite.size(), 50u) << on_sqlite.front();
  EXPECT_EQ(columns_on((*server)->url()), on_sqlite);
}

}  // namespace
}  // namespace nocturn::app
