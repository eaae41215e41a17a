#include <fcntl.h>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "monitoring/probes/probe_stand_test.h"
#include "support/postgresql_server.h"

namespace nocturn::monitoring::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class PostgresqlProbe : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto server = testing::PostgresqlServer::start();
    ASSERT_TRUE(server) << server.error().text();
    server_ = server->release();
  }
  static void TearDownTestSuite() { delete server_; }

  static Options ask(Options more = {}) {
    Options options = {{"target", text(fmt::format("127.0.0.1:{}", server_->port()))},
                       {"user", text("postgres")},
                       {"database", text("postgres")}};
    more.merge(options);
    return more;
  }

  static inline testing::PostgresqlServer* server_ = nullptr;
  ProbeStand stand_;
};

TEST_F(PostgresqlProbe, signs_in_and_asks) {
  const Observation seen = stand_.run(
      "postgresql", ask({{"query", text("select 24, 'canary'")}, {"expect", text("24")}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_THAT(seen.address, HasSubstr("127.0.0.1:"));
  EXPECT_GE(seen.phases.connect, Micros(0));
  EXPECT_GT(seen.phases.first_byte, Micros(0));
  ASSERT_EQ(seen.metrics.size(), 2u);
  EXPECT_EQ(seen.metrics[0].value, 1);
  EXPECT_EQ(seen.metrics[1].value, 24);
}

TEST_F(PostgresqlProbe, resolves_names) {
  const auto target = fmt::format("localhost:{}", server_->port());
  const Observation seen =
      stand_.run("postgresql", ask({{"target", text(target)}, {"ip_family", text("4")}}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_GE(seen.phases.resolve, Micros(0));
}

TEST_F(PostgresqlProbe, fails_on_other_values_and_too_few_rows) {
  EXPECT_EQ(
      stand_.run("postgresql", ask({{"query", text("select 23")}, {"expect", text("24")}})).reason,
      "the value is \"23\", \"24\" was expected");
  EXPECT_EQ(stand_.run("postgresql", ask({{"query", text("select 1 where false")}})).reason,
            "0 rows, at least 1 expected");
  EXPECT_EQ(
      stand_.run("postgresql", ask({{"query", text("select null")}, {"expect", text("1")}})).reason,
      "the value is \"null\", \"1\" was expected");
}

TEST_F(PostgresqlProbe, fails_with_the_servers_own_words) {
  EXPECT_THAT(stand_.run("postgresql", ask({{"database", text("nowhere")}})).reason,
              HasSubstr("database \"nowhere\" does not exist"));
  EXPECT_THAT(
      stand_.run("postgresql", ask({{"query", text("select count(*) from nothing")}})).reason,
      HasSubstr("\"nothing\" does not exist"));
  EXPECT_THAT(stand_.run("postgresql", ask({{"query", text("select 1; select 2")}})).reason,
              HasSubstr("multiple commands"));
  EXPECT_THAT(stand_.run("postgresql", ask({{"query", text("copy (select 1) to stdout")}})).reason,
              HasSubstr("copy"));
  EXPECT_THAT(stand_.run("postgresql", ask({{"sslmode", text("require")}})).reason,
              HasSubstr("does not support SSL"));
}

TEST_F(PostgresqlProbe, gives_up_on_a_slow_query) {
  const Observation seen =
      stand_.run("postgresql", ask({{"query", text("select pg_sleep(5)")}}), 400ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason,
              MatchesRegex("127.0.0.1:[0-9]+: no answer within 400ms: still waiting for the rows"));
}

TEST_F(PostgresqlProbe, does_not_swallow_endless_answers) {
  const long before = resident_kib();
  const Observation seen = stand_.run(
      "postgresql",
      ask({{"query", text("select repeat('x', 1000) from generate_series(1,1000000)")}}), 5s);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("more than 1048576 bytes"));
  EXPECT_LT(resident_kib() - before, 16 * 1024);
}

TEST_F(PostgresqlProbe, holds_its_deadline_against_a_stopped_server) {
  server_->process().freeze();
  const Observation seen = stand_.run("postgresql", ask(), 500ms);
  server_->process().thaw();
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason,
              MatchesRegex("127.0.0.1:[0-9]+: no answer within 500ms: still in the TLS handshake"));
}

TEST_F(PostgresqlProbe, blames_nobody_when_a_secret_is_missing) {
  const Observation seen = stand_.run(
      "postgresql", ask({{"password", section({{"file", text("/nonexistent/secret")}})}}));
  EXPECT_EQ(seen.outcome, Outcome::cannot_tell);
}

TEST_F(PostgresqlProbe, blames_nobody_when_it_has_no_descriptor_left) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const Observation seen = stand_.run("postgresql", ask());
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(seen.outcome, Outcome::cannot_tell) << seen.reason;
}

TEST_F(PostgresqlProbe, ends_in_time_whatever_a_peer_says) {
  const std::vector<Peer::Script> scripts = {
      [](Wire& wire) { wire.hang(); },
      [](Wire&) {},
      [](Wire& wire) { wire.reset(); },
      [](Wire& wire) { wire.write("HTTP/1.1 400 Bad Request\r\n\r\n"); },
      [](Wire& wire) {  // no TLS, then an authentication message of endless length
        wire.write("N");
        wire.write(std::string("R\x7f\xff\xff\xff", 5));
        while (wire.write(std::string(65536, 'x'))) {
        }
      },
      [](Wire& wire) {
        while (wire.pause(20ms) && wire.write("N")) {
        }
      },
  };
  for (const auto& script : scripts) {
    Peer peer(script);
    const long before = resident_kib();
    const Observation seen =
        stand_.run("postgresql", ask({{"target", text(peer.target())}}), 600ms);
    EXPECT_EQ(seen.outcome, Outcome::failed) << seen.reason;
    EXPECT_LT(resident_kib() - before, 16 * 1024);
  }
}

TEST_F(PostgresqlProbe, says_nothing_after_it_was_abandoned) {
  Peer peer([](Wire& wire) { wire.hang(); });
  stand_.abandon("postgresql", ask({{"target", text(peer.target())}}), 50ms);
  stand_.abandon("postgresql", ask({{"query", text("select pg_sleep(2)")}}), 100ms);
}

TEST(PostgresqlProbeAlone, fails_on_a_closed_port) {
  const Observation seen = ProbeStand().run(
      "postgresql", {{"target", text(fmt::format("127.0.0.1:{}", testing::free_port()))},
                     {"user", text("watch")},
                     {"database", text("postgres")}});
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_THAT(seen.reason, HasSubstr("refused"));
}

}  // namespace
}  // namespace nocturn::monitoring::test
