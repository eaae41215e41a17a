#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "monitoring/probes/plugin_output.h"
#include "monitoring/probes/probe_stand_test.h"
#include "support/temporary_folder.h"

namespace nocturn::monitoring::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPlugins = "/usr/lib/nagios/plugins/";

Options command(std::vector<std::string> arguments) {
  return {{"command", list(std::move(arguments))}};
}
Options shell(const std::string& script) { return command({"/bin/sh", "-c", script}); }

class Command : public ::testing::Test {
 protected:
  ProbeStand stand_;
};

TEST_F(Command, maps_the_four_states_of_a_real_plugin) {
  const auto dummy = [&](const char* state) {
    return stand_.run("command", command({std::string(kPlugins) + "check_dummy", state, "canary"}));
  };
  EXPECT_EQ(dummy("0").outcome, Outcome::passed);
  const Observation warning = dummy("1");
  EXPECT_EQ(warning.outcome, Outcome::passed);
  EXPECT_TRUE(warning.degraded);
  EXPECT_EQ(warning.reason, "WARNING: canary");
  const Observation critical = dummy("2");
  EXPECT_EQ(critical.outcome, Outcome::failed);
  EXPECT_EQ(critical.reason, "CRITICAL: canary");
  EXPECT_EQ(dummy("3").outcome, Outcome::cannot_tell);
}

TEST_F(Command, reads_the_performance_data_of_a_real_plugin) {
  Peer peer(answers(http_answer("<h1>Library</h1>", "Content-Type: text/html\r\n")));
  const Observation seen =
      stand_.run("command", command({std::string(kPlugins) + "check_http", "-I", "127.0.0.1", "-p",
                                     std::to_string(peer.port()), "-s", "Library"}));
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  ASSERT_GE(seen.metrics.size(), 2u);
  EXPECT_EQ(seen.metrics[0].name, "time");
  EXPECT_EQ(seen.metrics[0].unit, "s");
  EXPECT_EQ(seen.metrics[1].name, "size");
  EXPECT_EQ(seen.metrics[1].unit, "B");
  EXPECT_THAT(seen.transcript, ::testing::Contains(HasSubstr("HTTP OK")));
}

TEST_F(Command, kills_the_whole_group_at_the_deadline) {
  testing::TemporaryFolder folder;
  const std::string file = folder / "child";
  const Observation seen =
      stand_.run("command", shell("sleep 60 & echo $! > " + file + "; echo begun; wait"), 500ms);
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_EQ(seen.reason, "/bin/sh did not end within 500ms and was killed");
  EXPECT_THAT(seen.transcript, ElementsAre("< begun"));
  pid_t child = 0;
  std::ifstream(file) >> child;
  ASSERT_GT(child, 0);
  for (int i = 0; i < 100 && ::kill(child, 0) == 0; ++i) {
    std::ifstream stat(fmt::format("/proc/{}/stat", child));
    std::string pid, name, state;
    if (stat >> pid >> name >> state && state == "Z") return;  // dead, not yet reaped by init
    ::usleep(10'000);
  }
  EXPECT_NE(::kill(child, 0), 0) << "the plug-in's child lives on";
}

TEST_F(Command, does_not_wait_for_children_that_a_plugin_leaves_behind) {
  const Observation seen = stand_.run("command", shell("sleep 60 & echo fine"));
  EXPECT_EQ(seen.outcome, Outcome::passed);
  EXPECT_LT(seen.took, 1s);
}

TEST_F(Command, gives_a_clean_environment_and_no_input) {
  ::setenv("NOCTURN_TEST_SECRET", "canary", 1);
  const Observation seen = stand_.run(
      "command", {{"command", list({"/bin/sh", "-c", "env; cat; ls /proc/self/fd; exit 2"})},
                  {"environment", section({{"LIBRARY", text("north")}})}});
  EXPECT_EQ(seen.outcome, Outcome::failed);
  std::string all;
  for (const std::string& line : seen.transcript) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("LIBRARY=north"));
  EXPECT_THAT(all, HasSubstr("LANG=C.UTF-8"));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("NOCTURN_TEST_SECRET")));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("< 4"))) << "0, 1, 2 and ls's own 3";
}

TEST_F(Command, involves_no_shell) {
  const Observation seen = stand_.run("command", command({"/bin/echo", "$(id); `id` | x"}));
  EXPECT_EQ(seen.outcome, Outcome::passed);
  EXPECT_THAT(seen.transcript, ElementsAre("< $(id); `id`"));
}

TEST_F(Command, bounds_what_it_keeps_of_long_output) {
  const long before = resident_kib();
  const Observation seen = stand_.run(
      "command", shell("head -c 50000000 /dev/zero | tr '\\0' 'x'; echo oops >&2; exit 2"));
  EXPECT_EQ(seen.outcome, Outcome::failed);
  EXPECT_LE(seen.reason.size(), 256u);
  EXPECT_LT(resident_kib() - before, 8 * 1024);
}

TEST_F(Command, limits_memory_and_files) {
  const Observation seen = stand_.run(
      "command", {{"command", list({"/bin/sh", "-c", "sleep 0.05; ulimit -v; ulimit -n; exit 2"})},
                  {"memory", number(512 << 20)}});
  EXPECT_THAT(seen.transcript, ElementsAre("< 524288", "< 256"));
}

TEST_F(Command, blames_nobody_for_a_plugin_that_does_not_run) {
  EXPECT_EQ(stand_.run("command", command({"/nonexistent/plugin"})).outcome, Outcome::cannot_tell);
  EXPECT_EQ(stand_.run("command", command({"check_dummy", "0"})).outcome, Outcome::cannot_tell);
  EXPECT_EQ(stand_.run("command", shell("exit 127")).outcome, Outcome::cannot_tell);
  EXPECT_EQ(stand_.run("command", shell("kill -SEGV $$")).outcome, Outcome::cannot_tell);
}

TEST_F(Command, blames_nobody_when_descriptors_run_out_at_any_step) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  std::vector<Outcome> outcomes;
  for (int room = 0; room < 8; ++room) {
    const rlimit few{static_cast<rlim_t>(next + room), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    outcomes.push_back(stand_.run("command", command({"/bin/true"})).outcome);
    ::setrlimit(RLIMIT_NOFILE, &before);
  }
  EXPECT_EQ(outcomes.front(), Outcome::cannot_tell);
  EXPECT_EQ(outcomes.back(), Outcome::passed);
  EXPECT_THAT(outcomes, ::testing::Not(::testing::Contains(Outcome::failed)));
}

TEST_F(Command, leaves_no_zombie_behind) {
  for (int i = 0; i < 20; ++i) (void)stand_.run("command", command({"/bin/true"}));
  (void)stand_.run("command", command({"/bin/sleep", "60"}), 50ms);
  stand_.abandon("command", command({"/bin/sleep", "60"}), 20ms);
  siginfo_t child{};
  EXPECT_EQ(::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT), -1) << child.si_pid;
}

TEST(PluginOutput, is_read_as_the_guidelines_say) {
  const PluginOutput output = parse_plugin_output(
      "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968\n"
      "/ 15272 MB (77%);\n/boot 68 MB (69%); | /boot=68MB;88;93;0;98\n"
      "'/home dir'=69357MB;253404;253409;0;253414\n");
  EXPECT_EQ(output.line, "DISK OK - free space: / 3326 MB (56%);");
  EXPECT_THAT(output.more, ElementsAre("/ 15272 MB (77%);", "/boot 68 MB (69%);"));
  ASSERT_EQ(output.metrics.size(), 3u);
  EXPECT_EQ(output.metrics[0].name, "/");
  EXPECT_EQ(output.metrics[0].value, 2643);
  EXPECT_EQ(output.metrics[0].unit, "MB");
  EXPECT_EQ(output.metrics[2].name, "/home dir");
}

TEST(Perfdata, takes_odd_labels_and_leaves_out_what_is_no_number) {
  const auto metrics =
      parse_perfdata("'it''s = odd'=1,5s a=U b= =3 c d=-2e3% 'open=1 e=5c;1:2;~:3");
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0].name, "it's = odd");
  EXPECT_EQ(metrics[0].value, 1.5);
  EXPECT_EQ(metrics[0].unit, "s");
  EXPECT_EQ(metrics[1].name, "d");
  EXPECT_EQ(metrics[1].value, -2000);
  EXPECT_EQ(metrics[1].unit, "%");
}

}  // namespace
}  // namespace nocturn::monitoring::test
