#include "api/idempotency.h"

#include <gtest/gtest.h>

#include "support/store_contract.h"

namespace nocturn::api {
namespace {

using namespace std::chrono_literals;

net::Request call(std::string key, std::string body) {
  net::Request request;
  request.method = "POST";
  request.target = "/api/v1/things";
  request.headers.push_back({"idempotency-key", std::move(key)});
  request.body = std::move(body);
  return request;
}

class IdempotencyTest : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"api", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    start();
  }
  void TearDown() override { writer_.reset(); }
  // As a hub that starts (again) on the same database.
  void start(Idempotency::Amount most = Idempotency::kMost) {
    idempotency_.reset();
    writer_ = std::make_unique<store::Writer>(*database_);
    idempotency_ = std::make_unique<Idempotency>(*writer_, clock_, most);
  }
  std::optional<net::Response> begin(const KeyedCall& call) {
    auto begun = idempotency_->begin(call);
    EXPECT_TRUE(begun) << begun.error().text();
    return begun ? *std::move(begun) : std::nullopt;
  }
  void finish(const KeyedCall& call, bool secret = false) {
    const net::Response answer{
        .status = 201, .headers = {{"etag", "\"1\""}, {"set-cookie", "secret"}}, .body = "made\n"};
    EXPECT_TRUE(idempotency_->finish(call, answer, secret));
  }

  std::int64_t number(store::Sql sql) {
    std::int64_t value = 0;
    EXPECT_TRUE(database_->read([&](store::Reader& reader) {
      return reader.query(sql, {}, [&](const store::Row& row) { value = row.integer(0); });
    }));
    return value;
  }
  // A call of this account with an answer of so many bytes, a second after the one before.
  KeyedCall done(std::string_view account, int key, std::size_t bytes) {
    clock_.advance(1s);
    const KeyedCall made = *keyed_call(account, call(fmt::format("key {}", key), "one"));
    EXPECT_FALSE(begin(made));
    EXPECT_TRUE(idempotency_->finish(
        made, {.status = 200, .headers = {}, .body = std::string(bytes, 'x')}, false));
    return made;
  }

  VirtualClock clock_{*from_rfc3339("2026-11-22T06:00:00Z")};
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<Idempotency> idempotency_;
  const KeyedCall call_ = *keyed_call("ann", call("k", "one"));
};

TEST_P(IdempotencyTest, answers_a_repeated_call_as_the_first_time) {
  ASSERT_FALSE(begin(call_));
  finish(call_);
  const auto again = begin(call_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 201);
  EXPECT_EQ(again->body, "made\n");
  ASSERT_EQ(again->headers.size(), 2u);  // without the cookie
  EXPECT_EQ(again->headers[0].name, "etag");
  EXPECT_EQ(again->headers[1].name, "idempotency-replayed");
}

TEST_P(IdempotencyTest, refuses_a_key_that_stood_for_another_call) {
  ASSERT_FALSE(begin(call_));
  finish(call_);
  EXPECT_EQ(begin(*keyed_call("ann", call("k", "two")))->status, 422);
}

TEST_P(IdempotencyTest, keeps_the_keys_of_accounts_apart) {
  ASSERT_FALSE(begin(call_));
  finish(call_);
  EXPECT_FALSE(begin(*keyed_call("bob", call("k", "one"))));
}

TEST_P(IdempotencyTest, lets_a_second_call_wait_while_the_first_is_being_done) {
  ASSERT_FALSE(begin(call_));
  const auto second = begin(call_);
  EXPECT_EQ(second->status, 409);
  EXPECT_TRUE(second->body.contains("being done")) << second->body;
}

TEST_P(IdempotencyTest, says_that_the_outcome_is_unknown_when_the_hub_died_over_a_call) {
  ASSERT_FALSE(begin(call_));
  start();
  const auto after = begin(call_);
  EXPECT_EQ(after->status, 409);
  EXPECT_TRUE(after->body.contains("unknown")) << after->body;
  EXPECT_TRUE(after->body.contains("/api/v1/ledger/entries")) << after->body;
}

TEST_P(IdempotencyTest, never_keeps_an_answer_that_shows_a_secret) {
  ASSERT_FALSE(begin(call_));
  finish(call_, true);
  const auto again = begin(call_);
  EXPECT_EQ(again->status, 409);
  EXPECT_FALSE(again->body.contains("made"));
}

TEST_P(IdempotencyTest, gives_a_key_back_when_nothing_was_done) {
  ASSERT_FALSE(begin(call_));
  EXPECT_TRUE(idempotency_->release(call_));
  EXPECT_FALSE(begin(call_));
}

TEST_P(IdempotencyTest, forgets_keys_after_a_day) {
  ASSERT_FALSE(begin(call_));
  finish(call_);
  clock_.advance(24h + 1s);
  ASSERT_FALSE(begin(*keyed_call("bob", call("other", "one"))));  // whose reservation sweeps
  EXPECT_FALSE(begin(call_));
}

TEST_P(IdempotencyTest, forgets_the_oldest_keys_of_an_account_that_has_too_many) {
  start({.calls = 16, .bytes = 1'000'000});
  const KeyedCall others = done("bob", 0, 10);
  ASSERT_FALSE(begin(*keyed_call("ann", call("not done yet", "one"))));
  std::vector<KeyedCall> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(done("ann", i, 10));
    EXPECT_LE(number("SELECT COUNT(*) FROM api_idempotency WHERE account = 'ann'"), 17) << i;
  }
  EXPECT_TRUE(begin(others));
  EXPECT_TRUE(begin(*keyed_call("ann", call("not done yet", "one"))));
  for (int i = 90; i < 100; ++i) EXPECT_EQ(begin(calls[static_cast<std::size_t>(i)])->status, 200);
  EXPECT_FALSE(begin(calls[0]));
}

TEST_P(IdempotencyTest, forgets_the_oldest_answers_of_an_account_whose_answers_are_too_large) {
  start({.calls = 1000, .bytes = 16'000});
  const KeyedCall others = done("bob", 0, 1000);
  std::vector<KeyedCall> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(done("ann", i, 1000));
    EXPECT_LE(number("SELECT CAST(SUM(LENGTH(body) + LENGTH(headers)) AS BIGINT)"
                     " FROM api_idempotency WHERE account = 'ann'"),
              16'000)
        << i;
  }
  EXPECT_EQ(begin(others)->status, 200);
  EXPECT_EQ(begin(calls[99])->status, 200);
  const auto oldest = begin(calls[0]);  // still never done twice
  EXPECT_EQ(oldest->status, 409);
  EXPECT_TRUE(oldest->body.contains("done before")) << oldest->body;
}

TEST_P(IdempotencyTest, counts_what_an_account_has_after_a_restart_too) {
  start({.calls = 16, .bytes = 1'000'000});
  for (int i = 0; i < 15; ++i) done("ann", i, 10);
  start({.calls = 8, .bytes = 1'000'000});
  done("ann", 15, 10);
  EXPECT_LE(number("SELECT COUNT(*) FROM api_idempotency"), 8);
}

TEST(KeyedCall, refuses_a_key_of_more_than_255_characters) {
  EXPECT_TRUE(keyed_call("ann", call(std::string(255, 'k'), "")));
  EXPECT_FALSE(keyed_call("ann", call(std::string(256, 'k'), "")));
}

INSTANTIATE_TEST_SUITE_P(Backends, IdempotencyTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::api
