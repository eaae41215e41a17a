#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

// A real program started by a test. It leads a process group of its own, which dies with the test,
// however the test ends: the destructor kills the group, and so does a guard, a small process
// beside it, when the test is gone without having come to that.
namespace nocturn::testing {

using Patience = std::chrono::milliseconds;
inline constexpr Patience kPatience = std::chrono::seconds(20);

// How a process ended.
struct Ending {
  int exit_code = -1;  // -1 when a signal ended it
  int signal = 0;      // 0 when it ended by itself
};

class ChildProcess {
 public:
  struct Command {
    std::vector<std::string> arguments;  // the program first, looked up in PATH
    std::vector<std::pair<std::string, std::string>> environment = {};  // set besides the test's
    std::filesystem::path folder = {};  // to run in; empty: the test's
    std::string user = {};              // to run as, if the test runs as root; empty: the test's
    std::string input = {};             // what standard input holds; at most 64 KiB
  };

  // Answers not_found or forbidden when the program cannot be executed.
  static Result<std::unique_ptr<ChildProcess>> start(Command command);
  // Kills the whole group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running();

  // Everything written so far to standard output and standard error, at most 16 MiB each.
  std::string output() const;
  std::string errors() const;

  // Waits until the text is in the output or the errors. Fails when the program ends first
  // (`unavailable`, with the end of what it said) or patience does (`timeout`).
  Status wait_for_text(std::string_view text, Patience patience = kPatience);
  // Waits until something accepts connections on 127.0.0.1:port; fails as above.
  Status wait_for_port(std::uint16_t port, Patience patience = kPatience);
  // Waits for the end; nothing when patience ends first. Output is complete afterwards.
  std::optional<Ending> wait(Patience patience = kPatience);

  // The group gets SIGTERM, after the grace SIGKILL. Waits for the end.
  Ending stop(Patience grace = std::chrono::seconds(5));
  // As kill -9 on the whole group. Waits for the end.
  Ending kill();
  // A signal to the program alone, or to its whole group.
  void signal(int number);
  void signal_group(int number);
  // The group stands still (SIGSTOP: sockets still accept) and goes on.
  void freeze();
  void thaw();

 private:
  struct Guard {
    pid_t pid;
    int test_lives;  // the guard holds the other end of this pipe
  };
  ChildProcess(pid_t pid, Guard guard, int output, int errors);
  void read_output(int output, int errors);
  std::string last_words() const;

  pid_t pid_;
  Guard guard_;
  std::optional<Ending> ending_;
  mutable std::mutex mutex_;
  std::condition_variable said_more_;
  std::string output_;
  std::string errors_;
  bool silent_ = false;  // both pipes are closed
  int wake_reader_ = -1;
  std::thread reader_;
};

// Runs a program to its end: what it wrote and how it ended. Killed when patience ends.
struct Outcome {
  Ending ending;
  std::string output;
  std::string errors;
};
Result<Outcome> run_to_end(ChildProcess::Command command, Patience patience = kPatience);

// A TCP port of 127.0.0.1 that was free a moment ago; somebody may take it before you do.
std::uint16_t free_port();
// Whether something accepts connections on 127.0.0.1:port.
bool port_is_open(std::uint16_t port);

// A server that listens on 127.0.0.1:port.
struct Listener {
  std::unique_ptr<ChildProcess> process;
  std::uint16_t port = 0;
};
// Starts a server at a free port and waits until it listens there. `command` says how it is started
// at a port, and is asked for another when it does not listen, since somebody may have taken the
// port first: five times at most, then the last failure is answered.
Result<Listener> start_listener(
    const std::function<ChildProcess::Command(std::uint16_t port)>& command);

}  // namespace nocturn::testing
