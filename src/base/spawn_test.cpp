#include "base/spawn.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace nocturn {
namespace {

// What a program says and how it ended.
std::pair<std::string, int> said_by(Spawning spawning) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  spawning.output = pipe[1];
  const Result<pid_t> pid = spawn(std::move(spawning));
  ::close(pipe[1]);
  EXPECT_TRUE(pid) << pid.error().text();
  std::string said;
  std::array<char, 256> buffer;
  for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
    said.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(pipe[0]);
  int status = -1;
  if (pid) ::waitpid(*pid, &status, 0);
  return {said, status};
}

TEST(Spawn, gives_a_program_its_environment_and_nothing_of_ours) {
  ::setenv("NOCTURN_SPAWN_TEST", "ours", 1);
  EXPECT_EQ(said_by({.arguments = {"env"}, .environment = {"TOKEN=a b"}}).first,
            "PATH=/usr/local/bin:/usr/bin:/bin\nLANG=C.UTF-8\nTOKEN=a b\n");
  ::unsetenv("NOCTURN_SPAWN_TEST");
}

TEST(Spawn, leaves_no_other_descriptor_open) {
  int extra[2];
  ASSERT_EQ(::pipe(extra), 0);  // inherited, were it not for spawn()
  // `ls` has 0, 1, 2, and the one it reads the folder by.
  EXPECT_EQ(said_by({.arguments = {"ls", "/proc/self/fd"}}).first, "0\n1\n2\n3\n");
  ::close(extra[0]);
  ::close(extra[1]);
}

TEST(Spawn, runs_in_the_folder_and_in_a_group_of_its_own) {
  EXPECT_EQ(said_by({.arguments = {"pwd"}, .folder = "/usr"}).first, "/usr\n");
  const std::string ids = said_by({.arguments = {"sh", "-c", "ps -o pgid= -p $$; echo $$"}}).first;
  const std::size_t line = ids.find('\n');
  ASSERT_NE(line, std::string::npos);
  EXPECT_EQ(std::stol(ids.substr(0, line)), std::stol(ids.substr(line + 1)));
}

TEST(Spawn, says_why_a_program_cannot_be_started) {
  const auto missing = spawn({.arguments = {"/no/such/program"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "No such file or directory");
}

}  // namespace
}  // namespace nocturn
