#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/store.h"
#include "support/postgresql_server.h"
#include "support/temporary_folder.h"

// For tests that hold for both backends: each gets an empty database of its own. The program links
// nocturn_store and nocturn_test_support.
namespace nocturn::store {

class ContractTest : public ::testing::TestWithParam<Backend> {
 public:
  // One server for all tests of this program, started when first needed.
  static testing::PostgresqlServer& server() {
    static auto server = testing::PostgresqlServer::start();
    CHECK(server.has_value());
    return **server;
  }

 protected:
  void SetUp() override {
    if (GetParam() == Backend::sqlite) {
      place_ = (folder_ / "nocturn.db").string();
    } else {
      const auto url = server().new_database();
      ASSERT_TRUE(url) << url.error().text();
      place_ = *url;
    }
    open();
  }

  void open() {
    auto opened = Database::open(place_);
    ASSERT_TRUE(opened) << opened.error().text();
    database_ = std::move(*opened);
  }
  void reopen() {
    database_.reset();
    open();
  }

  testing::TemporaryFolder folder_;
  std::string place_;
  std::unique_ptr<Database> database_;
};

inline std::string backend_name(const ::testing::TestParamInfo<Backend>& parameter) {
  return parameter.param == Backend::sqlite ? "sqlite" : "postgresql";
}

// A schema to play with.
inline constexpr Migration kHours[] = {
    {1, "hours",
     "CREATE TABLE hours (id INTEGER PRIMARY KEY, name TEXT, psalms BLOB, length REAL)"
     " STRICT; CREATE UNIQUE INDEX hours_by_name ON hours (name)"}};
inline constexpr ModuleMigrations kModules[] = {{"breviary", kHours}};

inline std::int64_t count_hours(Database& database) {
  std::int64_t count = -1;
  const Status read = database.read([&](Reader& reader) {
    return reader.query("SELECT COUNT(*) FROM hours", {},
                        [&](const Row& row) { count = row.integer(0); });
  });
  EXPECT_TRUE(read) << read.error().text();
  return count;
}

}  // namespace nocturn::store
