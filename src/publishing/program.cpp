#include "publishing/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/spawn.h"
#include "base/text.h"

namespace nocturn::publishing {
namespace {

constexpr std::size_t kMostErrors = 16 * 1024;

// What rsync and sftp say besides the cause.
constexpr std::string_view kSaysLittle[] = {
    "rsync error:",      "rsync: connection unexpectedly closed",
    "Connection closed", "Connected to",
    "remote mkdir",      "--link-dest arg"};

// The last line that tells a cause; the last one at all where none does.
std::string cause_in(std::string_view said) {
  std::string_view last, cause;
  for (std::string_view line : split(said, '\n')) {
    line = trim(line);
    if (line.empty()) continue;
    last = line;
    if (std::ranges::none_of(kSaysLittle, [&](auto little) { return line.starts_with(little); }))
      cause = line;
  }
  return std::string((cause.empty() ? last : cause).substr(0, 300));
}

enum class Outcome { ended, stopped, late };

// Reads errors until the program closed them, which is at its end.
Outcome read_errors(int from, const Stop& stop, const Clock& clock, Micros deadline,
                    std::string& into) {
  const SteadyTime until = clock.steady() + deadline;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock.steady()).count();
    if (left <= 0) return Outcome::late;
    pollfd ready[] = {{from, POLLIN, 0}, {stop.descriptor(), POLLIN, 0}};
    if (::poll(ready, 2, static_cast<int>(left)) < 0 && errno != EINTR) return Outcome::late;
    if (ready[1].revents != 0) return Outcome::stopped;
    if (ready[0].revents == 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return Outcome::ended;
    if (got < 0) continue;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    if (into.size() > kMostErrors) into.erase(0, into.size() - kMostErrors);
  }
}

}  // namespace

Status run(Program program, const Stop& stop, const Clock& clock) {
  const std::string name = program.arguments[0];
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0)
    return fail(ErrorCode::unavailable, "{} cannot be started: no descriptors are left", name);
  const Result<pid_t> started = spawn({.arguments = std::move(program.arguments),
                                       .folder = std::move(program.folder),
                                       .errors = pipe[1]});
  ::close(pipe[1]);
  if (!started) {
    ::close(pipe[0]);
    return fail(ErrorCode::unavailable, "{} cannot be started: {}; is it installed?", name,
                started.error().message);
  }
  const pid_t pid = *started;
  std::string errors;
  const Outcome outcome = read_errors(pipe[0], stop, clock, program.deadline, errors);
  ::close(pipe[0]);
  if (outcome != Outcome::ended) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-pid, SIGKILL);  // whom it left behind
  if (outcome == Outcome::stopped) return fail(ErrorCode::unavailable, "the hub is ending");
  if (outcome == Outcome::late)
    return fail(ErrorCode::timeout, "{} took longer than {}", name, to_text(program.deadline));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string said = cause_in(errors);
  if (!WIFEXITED(status))
    return fail(ErrorCode::unavailable, "{} was ended by signal {}", name, WTERMSIG(status));
  return fail(ErrorCode::unavailable, "{} ended with status {}: {}", name, WEXITSTATUS(status),
              said.empty() ? "it did not say why" : said);
}

}  // namespace nocturn::publishing
