#include <gmock/gmock.h>
#include <signal.h>

#include <latch>

#include "store/writer.h"
#include "support/eventually.h"
#include "support/store_contract.h"

// What happens when the server goes away and comes back. These tests share a server of their own,
// which they may stop.
namespace nocturn::store {
namespace {

class Postgresql : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto server = testing::PostgresqlServer::start();
    ASSERT_TRUE(server) << server.error().text();
    server_ = std::move(*server);
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    const auto url = server_->new_database();
    ASSERT_TRUE(url);
    place_ = *url;
    auto opened = Database::open(place_);
    ASSERT_TRUE(opened) << opened.error().text();
    database_ = std::move(*opened);
    ASSERT_TRUE(database_->migrate(kModules));
    writer_ = std::make_unique<Writer>(*database_);
  }
  static Writer::Work add(std::int64_t id) {
    return [=](Transaction& transaction) {
      return transaction.post("INSERT INTO hours (id) VALUES (?)", {id});
    };
  }
  std::int64_t count() { return count_hours(*database_); }

  static inline std::unique_ptr<testing::PostgresqlServer> server_;
  std::string place_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(Postgresql, goes_on_after_the_server_was_restarted) {
  ASSERT_TRUE(writer_->run(add(1)));
  EXPECT_EQ(count(), 1);
  server_->stop();
  ASSERT_TRUE(server_->start_again());
  const Status written = writer_->run(add(2));
  EXPECT_TRUE(written) << written.error().text();
  EXPECT_EQ(count(), 2);
}

TEST_F(Postgresql, says_unavailable_while_the_server_is_away) {
  server_->stop();
  const Status written = writer_->run(add(1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(written.error().retry);
  const Status read = database_->read([](Reader&) -> Status { return {}; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
  ASSERT_TRUE(server_->start_again());
  EXPECT_TRUE(writer_->run(add(1)));
  EXPECT_EQ(count(), 1);
}

TEST_F(Postgresql, fails_the_whole_group_when_the_connection_breaks_in_its_middle) {
  std::vector<std::string> outcomes;
  std::latch answered(3);
  std::latch begun(1), queued(1);
  const auto note = [&](const Status& status) {
    outcomes.emplace_back(status ? "done" : name_of(status.error().code));
    answered.count_down();
  };
  writer_->submit(
      [&](Transaction&) -> Status {
        begun.count_down();
        queued.wait();
        return {};
      },
      [](const Status&) {});
  begun.wait();  // so that the three below wait together, and make one group
  writer_->submit(add(1), note);
  writer_->submit(
      [&](Transaction& transaction) -> Status {
        server_->stop();
        return transaction.query("SELECT 1", {}, [](const Row&) {});
      },
      note);
  writer_->submit(add(2), note);
  queued.count_down();
  answered.wait();
  EXPECT_THAT(outcomes, ::testing::Each("unavailable"));
  ASSERT_TRUE(server_->start_again());
  EXPECT_EQ(count(), 0);
}

TEST_F(Postgresql, loses_nothing_acknowledged_when_the_server_is_killed) {
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 3; ++round) {
    std::jthread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30 + 20 * round));
      server_->process().kill();
    });
    // Ids of lost commits may be there nevertheless, and are not used again.
    std::int64_t id = round * 1'000'000;
    while (writer_->run(add(++id))) ++acknowledged;
    killer.join();
    const Status restarted = server_->start_again();
    ASSERT_TRUE(restarted) << restarted.error().text();
    EXPECT_GE(count(), acknowledged);
    EXPECT_LE(count(), acknowledged + round + 1);
  }
  EXPECT_GT(acknowledged, 0);
}

TEST_F(Postgresql, writes_no_more_when_another_hub_took_over) {
  ASSERT_TRUE(writer_->run(add(1)));
  // The server ends our session, as after a network failure, and another hub is quicker.
  ASSERT_TRUE(server_->execute(place_,
                               "SELECT pg_terminate_backend(pid) FROM pg_locks"
                               " WHERE locktype = 'advisory'"));
  Result<std::unique_ptr<Database>> other;
  ASSERT_TRUE(testing::eventually([&] {
    other = Database::open(place_);
    return other.has_value();
  })) << other.error().text();
  const Status written = writer_->run(add(2));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::conflict);
  other->reset();
  EXPECT_TRUE(writer_->run(add(2)));
}

TEST_F(Postgresql, keeps_working_with_more_statements_than_it_remembers) {
  const Status written = writer_->run([](Transaction& transaction) -> Status {
    for (int i = 0; i < 1000; ++i) {
      const std::string sql = fmt::format("INSERT INTO hours (id) VALUES ({} + ?)", i);
      TRY_STATUS(transaction.post(Sql(sql.c_str()), {0}));
    }
    return {};
  });
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(count(), 1000);
}

TEST_F(Postgresql, says_not_reachable_in_one_line) {
  const auto opened = Database::open("postgresql://postgres@127.0.0.1:1/nocturn");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(opened.error().text().contains('\n'));
}

}  // namespace
}  // namespace nocturn::store
