#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>

#include "support/child_process.h"
#include "support/eventually.h"
#include "support/port_range.h"
#include "support/postfix_server.h"
#include "support/postgresql_server.h"
#include "support/temporary_folder.h"
#include "support/text_file.h"

namespace nocturn::testing {
namespace {

TEST(ChildProcess, captures_both_outputs_and_the_exit_code) {
  const auto outcome = run_to_end({.arguments = {"sh", "-c", "echo out; echo err >&2; cat; exit 3"},
                                   .input = "from the test\n"});
  ASSERT_TRUE(outcome) << outcome.error().text();
  EXPECT_EQ(outcome->ending.exit_code, 3);
  EXPECT_EQ(outcome->output, "out\nfrom the test\n");
  EXPECT_EQ(outcome->errors, "err\n");
}

TEST(ChildProcess, says_that_a_program_is_missing) {
  const auto child = ChildProcess::start({.arguments = {"/no/such/program"}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, ErrorCode::not_found);
}

TEST(ChildProcess, runs_with_the_given_environment_and_folder) {
  const TemporaryFolder folder;
  const auto outcome = run_to_end({.arguments = {"sh", "-c", "echo $WORD; pwd"},
                                   .environment = {{"WORD", "matins"}},
                                   .folder = folder.path()});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output, "matins\n" + folder.path().string() + "\n");
}

TEST(ChildProcess, is_killed_with_its_whole_group) {
  auto child = ChildProcess::start({.arguments = {"sh", "-c", "sleep 1000 & echo $!; wait"}});
  ASSERT_TRUE(child);
  ASSERT_TRUE((*child)->wait_for_text("\n"));
  const pid_t grandchild = std::stoi((*child)->output());
  EXPECT_TRUE((*child)->running());
  EXPECT_EQ((*child)->kill().signal, SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const std::string stat = text_of("/proc/" + std::to_string(grandchild) + "/stat");
    return stat.empty() || stat.contains(") Z");
  }));
}

TEST(ChildProcess, stops_on_request) {
  auto child = ChildProcess::start(
      {.arguments = {"sh", "-c",
                     "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done"}});
  ASSERT_TRUE(child);
  ASSERT_TRUE((*child)->wait_for_text("up"));
  EXPECT_EQ((*child)->stop().exit_code, 0);
  EXPECT_TRUE((*child)->output().ends_with("bye\n"));
}

TEST(ChildProcess, stands_still_while_frozen) {
  auto child = ChildProcess::start({.arguments = {"sh", "-c", "while :; do echo tick; done"}});
  ASSERT_TRUE(child);
  ASSERT_TRUE((*child)->wait_for_text("tick"));
  (*child)->freeze();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto before = (*child)->output().size();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ((*child)->output().size(), before);
  (*child)->thaw();
  (*child)->kill();
}

TEST(ChildProcess, says_why_a_port_did_not_open) {
  auto child = ChildProcess::start({.arguments = {"sh", "-c", "echo out of luck; exit 1"}});
  ASSERT_TRUE(child);
  const auto opened = (*child)->wait_for_port(free_port());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(opened.error().message.contains("out of luck"));
}

TEST(PortRange, keeps_its_ports_from_other_tests_and_from_outgoing_connections) {
  const PortRange mine;
  const PortRange other;
  EXPECT_GE(std::abs(mine.first() - other.first()), PortRange::kSize);
  EXPECT_LE(mine.first() + PortRange::kSize, 32768);
  EXPECT_FALSE(port_is_open(static_cast<std::uint16_t>(mine.first())));
}

TEST(PostfixServer, starts_stops_and_starts_again_on_its_port) {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "Postfix is started by root, and installed";
  auto server = PostfixServer::start({});
  ASSERT_TRUE(server) << server.error().text();
  const auto port = (*server)->port();
  EXPECT_TRUE(port_is_open(port));
  EXPECT_FALSE((*server)->wait_for_mails(1, Patience{1}));
  (*server)->kill();
  EXPECT_FALSE(port_is_open(port));
  ASSERT_TRUE((*server)->start_again());
  EXPECT_TRUE(port_is_open(port));
  (*server)->stop();
  EXPECT_FALSE(port_is_open(port));
}

TEST(PostfixServer, ends_with_a_test_that_is_aborted) {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "Postfix is started by root, and installed";
  const TemporaryFolder folder;
  const auto abort_beside_a_server = [&] {
    auto server = PostfixServer::start({});
    CHECK(server.has_value());
    std::ofstream(folder / "port") << (*server)->port();
    std::abort();
  };
  EXPECT_EXIT(abort_beside_a_server(), ::testing::KilledBySignal(SIGABRT), "");
  int port = 0;
  ASSERT_TRUE(std::ifstream(folder / "port") >> port);
  EXPECT_TRUE(eventually([&] { return !port_is_open(static_cast<std::uint16_t>(port)); }));
}

TEST(PostgresqlServer, starts_stops_and_keeps_its_data) {
  auto server = PostgresqlServer::start();
  ASSERT_TRUE(server) << server.error().text();
  const auto url = (*server)->new_database();
  ASSERT_TRUE(url) << url.error().text();
  ASSERT_TRUE((*server)->execute(*url, "CREATE TABLE watch (hour BIGINT)"));
  (*server)->stop();
  EXPECT_FALSE((*server)->execute(*url, "SELECT 1"));
  ASSERT_TRUE((*server)->start_again());
  EXPECT_TRUE((*server)->execute(*url, "SELECT hour FROM watch"));
}

}  // namespace
}  // namespace nocturn::testing
