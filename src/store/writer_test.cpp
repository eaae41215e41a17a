#include "store/writer.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <latch>

#include "support/store_contract.h"

namespace nocturn::store {
namespace {

using ::testing::ElementsAre;

class WriterTest : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    const Status migrated = database_->migrate(kModules);
    ASSERT_TRUE(migrated) << migrated.error().text();
  }

  // Keeps the writer's thread busy, so that what is submitted meanwhile becomes one group.
  class Gate {
   public:
    explicit Gate(Writer& writer) {
      writer.submit(
          [this](Transaction&) -> Status {
            entered_.count_down();
            opened_.wait();
            return {};
          },
          [](const Status&) {});
      entered_.wait();
    }
    void open() { opened_.count_down(); }

   private:
    std::latch entered_{1};
    std::latch opened_{1};
  };

  static Writer::Work add(std::int64_t id) {
    return [=](Transaction& transaction) -> Status {
      TRY(transaction.execute("INSERT INTO hours (id) VALUES (?)", {id}));
      return {};
    };
  }
  static Writer::Work post(std::int64_t id) {
    return [=](Transaction& transaction) {
      return transaction.post("INSERT INTO hours (id) VALUES (?)", {id});
    };
  }
  Writer::Done note(std::string name) {
    return [this, name](const Status& status) {
      outcomes_.push_back(name + (status ? "" : fmt::format(" {}", name_of(status.error().code))));
    };
  }
  std::vector<std::int64_t> ids() {
    std::vector<std::int64_t> result;
    const Status read = database_->read([&](Reader& reader) {
      return reader.query("SELECT id FROM hours ORDER BY id", {},
                          [&](const Row& row) { result.push_back(row.integer(0)); });
    });
    EXPECT_TRUE(read) << read.error().text();
    return result;
  }

  std::vector<std::string> outcomes_;
};

TEST_P(WriterTest, shows_a_job_the_writes_of_those_before_it) {
  std::vector<std::int64_t> seen;
  {
    Writer writer(*database_);
    Gate gate(writer);
    for (int i = 0; i < 3; ++i) {
      writer.submit(
          [&seen, i](Transaction& transaction) -> Status {
            seen.push_back(*TRY(transaction.first("SELECT COUNT(*) FROM hours", {},
                                                  [](const Row& row) { return row.integer(0); })));
            return transaction.post("INSERT INTO hours (id) VALUES (?)", {i});
          },
          note(std::to_string(i)));
    }
    gate.open();
  }
  EXPECT_THAT(seen, ElementsAre(0, 1, 2));
  EXPECT_THAT(outcomes_, ElementsAre("0", "1", "2"));
}

TEST_P(WriterTest, makes_one_commit_of_all_who_wait) {
  int commits = 0;
  {
    Writer writer(*database_, [&] { ++commits; });
    Gate gate(writer);
    for (int i = 0; i < 100; ++i) writer.submit(post(i), note(""));
    gate.open();
  }
  EXPECT_EQ(commits, 2);  // the gate's and theirs
  EXPECT_EQ(ids().size(), 100u);
}

TEST_P(WriterTest, keeps_the_other_jobs_of_a_group_when_one_fails) {
  {
    Writer writer(*database_);
    Gate gate(writer);
    writer.submit(add(1), note("a"));
    writer.submit(
        [](Transaction& transaction) -> Status {
          TRY(transaction.execute("INSERT INTO hours (id) VALUES (2)", {}));
          return fail(ErrorCode::forbidden, "changed its mind");
        },
        note("b"));
    writer.submit(add(1), note("c"));
    writer.submit(post(1), note("d"));
    writer.submit(add(3), note("e"));
    gate.open();
  }
  EXPECT_THAT(ids(), ElementsAre(1, 3));
  EXPECT_THAT(outcomes_, ElementsAre("a", "b forbidden", "c conflict", "d conflict", "e"));
}

TEST_P(WriterTest, keeps_the_others_when_the_last_post_of_a_group_fails) {
  {
    Writer writer(*database_);
    Gate gate(writer);
    writer.submit(post(1), note("a"));
    writer.submit(post(2), note("b"));
    writer.submit(post(1), note("c"));
    gate.open();
  }
  EXPECT_THAT(ids(), ElementsAre(1, 2));
  EXPECT_THAT(outcomes_, ElementsAre("a", "b", "c conflict"));
}

TEST_P(WriterTest, does_not_run_the_group_again_for_a_job_that_wrote_nothing) {
  int runs = 0;
  int commits = 0;
  {
    Writer writer(*database_, [&] { ++commits; });
    Gate gate(writer);
    writer.submit(
        [&](Transaction& transaction) -> Status {
          ++runs;
          return transaction.post("INSERT INTO hours (id) VALUES (1)", {});
        },
        note("a"));
    writer.submit(
        [](Transaction& transaction) -> Status {
          TRY_STATUS(transaction.query("SELECT id FROM hours", {}, [](const Row&) {}));
          return fail(ErrorCode::forbidden, "not today");
        },
        note("b"));
    writer.submit(add(2), note("c"));
    gate.open();
  }
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(commits, 2);
  EXPECT_THAT(outcomes_, ElementsAre("a", "b forbidden", "c"));
  EXPECT_THAT(ids(), ElementsAre(1, 2));
}

TEST_P(WriterTest, tells_of_the_commit_before_it_answers) {
  std::vector<std::string> order;
  {
    Writer writer(*database_, [&] { order.push_back("committed"); });
    EXPECT_TRUE(writer.run(add(1)));
    writer.submit(add(2), [&](const Status&) { order.push_back("answered"); });
    writer.submit(add(2), [&](const Status&) { order.push_back("answered"); });
  }
  ASSERT_GE(order.size(), 4u);
  EXPECT_EQ(order[0], "committed");
  EXPECT_EQ(order[1], "committed");
  EXPECT_EQ(order[2], "answered");
}

TEST_P(WriterTest, does_not_tell_of_a_commit_when_all_failed) {
  int commits = 0;
  {
    Writer writer(*database_, [&] { ++commits; });
    EXPECT_FALSE(writer.run([](Transaction&) -> Status { return fail(ErrorCode::invalid, "no"); }));
  }
  EXPECT_EQ(commits, 0);
}

TEST_P(WriterTest, has_committed_when_it_answers) {
  Writer writer(*database_);
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(writer.run(post(i)));
    ASSERT_EQ(ids().size(), static_cast<std::size_t>(i));
  }
}

TEST_P(WriterTest, finishes_what_is_queued_when_it_is_destroyed) {
  {
    Writer writer(*database_);
    for (int i = 0; i < 500; ++i) writer.submit(post(i), note("x"));
  }
  EXPECT_EQ(outcomes_.size(), 500u);
  EXPECT_EQ(ids().size(), 500u);
}

TEST_P(WriterTest, takes_jobs_from_inside_an_answer) {
  std::promise<Status> second;
  Writer writer(*database_);
  writer.submit(add(1), [&](const Status&) {
    writer.submit(add(2), [&](Status status) { second.set_value(std::move(status)); });
  });
  EXPECT_TRUE(second.get_future().get());
  EXPECT_THAT(ids(), ElementsAre(1, 2));
}

TEST_P(WriterTest, refuses_at_once_when_too_many_wait) {
  int limited = 0;
  int done = 0;
  {
    Writer writer(*database_);
    Gate gate(writer);
    for (int i = 0; i < 65'536 + 10; ++i) {
      writer.submit([](Transaction&) -> Status { return {}; },
                    [&](const Status& status) {
                      ++done;
                      if (!status && status.error().code == ErrorCode::limited) ++limited;
                    });
    }
    EXPECT_EQ(limited, 10);
    gate.open();
  }
  EXPECT_EQ(done, 65'536 + 10);
}

TEST_P(WriterTest, serves_many_threads) {
  std::atomic<int> succeeded = 0;
  {
    Writer writer(*database_);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 50; ++i) {
          // Every fifth id is taken already.
          const int id = i % 5 == 4 ? thread * 1000 : thread * 1000 + i;
          succeeded += writer.run(post(id)).has_value();
        }
      });
    }
  }
  EXPECT_EQ(succeeded, 16 * 40);
  EXPECT_EQ(ids().size(), 16u * 40);
}

INSTANTIATE_TEST_SUITE_P(Backends, WriterTest,
                         ::testing::Values(Backend::sqlite, Backend::postgresql), backend_name);

}  // namespace
}  // namespace nocturn::store
