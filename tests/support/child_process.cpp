#include "support/child_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace nocturn::testing {
namespace {

constexpr std::size_t kMaxCaptured = 16u << 20;
constexpr Patience kStep{2};

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    int ends[2];
    CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    read_end = ends[0];
    write_end = ends[1];
  }
};

// Everything the child needs, made before the fork: between fork and exec of a program with
// threads nothing may allocate.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder = nullptr;
  bool change_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  int input = -1, output = -1, errors = -1, complaint = -1;
};

[[noreturn]] void complain(const Launch& launch) {
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(launch.complaint, &error, sizeof error);
  ::_exit(127);
}

[[noreturn]] void become(const Launch& launch) {
  ::setpgid(0, 0);
  if (launch.change_user) {
    if (::setgroups(1, &launch.gid) != 0 || ::setgid(launch.gid) != 0 ||
        ::setuid(launch.uid) != 0) {
      complain(launch);
    }
  }
  if (launch.folder != nullptr && ::chdir(launch.folder) != 0) complain(launch);
  ::dup2(launch.input, STDIN_FILENO);
  ::dup2(launch.output, STDOUT_FILENO);
  ::dup2(launch.errors, STDERR_FILENO);
  ::close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  complain(launch);
}

// What the guard does: when nobody holds the other end of the pipe any more, the test has ended,
// and the group with it. PR_SET_PDEATHSIG would not do: it is forgotten when the program changes
// its user, as Postfix does, and means the program alone.
[[noreturn]] void guard(pid_t group, int test_lives) {
  ::setpgid(0, 0);  // a Ctrl-C is for the test
  ::dup2(test_lives, STDIN_FILENO);
  ::close_range(1, ~0u, 0);
  char nothing;
  while (::read(STDIN_FILENO, &nothing, 1) < 0 && errno == EINTR) continue;
  ::kill(-group, SIGKILL);
  ::_exit(0);
}

std::vector<std::string> environment_of(const ChildProcess::Command& command) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::ranges::any_of(
        command.environment, [&](const auto& variable) { return variable.first == name; });
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

Ending ending_of(const siginfo_t& ended) {
  if (ended.si_code == CLD_EXITED) return {ended.si_status, 0};
  return {-1, ended.si_status};
}

// Calls `done` until it answers true, or patience ends.
template <class Done>
bool wait_until(Patience patience, Done done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(Command command) {
  CHECK(!command.arguments.empty());
  CHECK(command.input.size() <= 64u * 1024);
  std::vector<std::string> environment = environment_of(command);
  Launch launch;
  launch.arguments = pointers(command.arguments);
  launch.environment = pointers(environment);
  if (!command.folder.empty()) launch.folder = command.folder.c_str();
  if (!command.user.empty() && ::getuid() == 0) {
    const passwd* entry = ::getpwnam(command.user.c_str());
    if (entry == nullptr) return fail(ErrorCode::not_found, "no user named {}", command.user);
    launch.change_user = true;
    launch.uid = entry->pw_uid;
    launch.gid = entry->pw_gid;
  }
  const Pipe input, output, errors, complaint, test_lives;
  launch.input = input.read_end;
  launch.output = output.write_end;
  launch.errors = errors.write_end;
  launch.complaint = complaint.write_end;

  const pid_t pid = ::fork();
  CHECK(pid >= 0);
  if (pid == 0) become(launch);
  ::setpgid(pid, pid);  // both sides, so that neither has to wait for the other
  for (int end : {input.read_end, output.write_end, errors.write_end, complaint.write_end}) {
    ::close(end);
  }
  const pid_t guarding = ::fork();
  CHECK(guarding >= 0);
  if (guarding == 0) guard(pid, test_lives.read_end);
  ::close(test_lives.read_end);
  // Fits into the pipe; a reader that has gone away is found out by its ending.
  ::signal(SIGPIPE, SIG_IGN);
  [[maybe_unused]] const auto written =
      ::write(input.write_end, command.input.data(), command.input.size());
  ::close(input.write_end);

  int error = 0;
  const bool failed = ::read(complaint.read_end, &error, sizeof error) == sizeof error;
  ::close(complaint.read_end);
  std::unique_ptr<ChildProcess> child(
      new ChildProcess(pid, {guarding, test_lives.write_end}, output.read_end, errors.read_end));
  if (failed) {
    const auto code = error == ENOENT ? ErrorCode::not_found : ErrorCode::forbidden;
    return about(command.arguments[0], Result<std::unique_ptr<ChildProcess>>(fail(
                                           code, "cannot be started: {}", std::strerror(error))));
  }
  return child;
}

ChildProcess::ChildProcess(pid_t pid, Guard guard, int output, int errors)
    : pid_(pid), guard_(guard), wake_reader_(::eventfd(0, EFD_CLOEXEC)) {
  reader_ = std::thread([this, output, errors] { read_output(output, errors); });
}

ChildProcess::~ChildProcess() {
  kill();
  // The guard first: once the program is buried, its number may be a stranger's.
  ::kill(guard_.pid, SIGKILL);
  ::waitpid(guard_.pid, nullptr, 0);
  ::close(guard_.test_lives);
  ::waitpid(pid_, nullptr, 0);
  // A grandchild that left the group may still hold the pipes; it is not waited for.
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_reader_, &one, sizeof one);
  reader_.join();
  ::close(wake_reader_);
}

void ChildProcess::read_output(int output, int errors) {
  pollfd watched[] = {{output, POLLIN, 0}, {errors, POLLIN, 0}, {wake_reader_, POLLIN, 0}};
  std::string* captured[] = {&output_, &errors_};
  std::vector<char> buffer(64 * 1024);
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (::poll(watched, 3, -1) < 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (watched[i].fd < 0 || watched[i].revents == 0) continue;
      const ssize_t count = ::read(watched[i].fd, buffer.data(), buffer.size());
      if (count <= 0) {
        ::close(watched[i].fd);
        watched[i].fd = -1;
        continue;
      }
      const std::lock_guard lock(mutex_);
      const std::size_t room = kMaxCaptured - captured[i]->size();
      captured[i]->append(buffer.data(), std::min<std::size_t>(room, count));
      said_more_.notify_all();
    }
    if (watched[2].revents != 0) break;
  }
  for (int i = 0; i < 2; ++i) {
    if (watched[i].fd >= 0) ::close(watched[i].fd);
  }
  const std::lock_guard lock(mutex_);
  silent_ = true;
  said_more_.notify_all();
}

bool ChildProcess::running() { return !wait(Patience{0}).has_value(); }

std::string ChildProcess::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string ChildProcess::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::string ChildProcess::last_words() const {
  const std::string all = output() + errors();
  return all.size() <= 2000 ? all : all.substr(all.size() - 2000);
}

Status ChildProcess::wait_for_text(std::string_view text, Patience patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(mutex_);
  const auto said = [&] { return output_.contains(text) || errors_.contains(text); };
  said_more_.wait_until(lock, deadline, [&] { return said() || silent_; });
  if (said()) return {};
  const bool ended = silent_;
  lock.unlock();
  return fail(ended ? ErrorCode::unavailable : ErrorCode::timeout, "never said \"{}\"; it said: {}",
              text, last_words());
}

Status ChildProcess::wait_for_port(std::uint16_t port, Patience patience) {
  bool ended = false;
  const bool answered = wait_until(patience, [&] {
    ended = !running();
    return ended || port_is_open(port);
  });
  if (answered && !ended) return {};
  return fail(ended ? ErrorCode::unavailable : ErrorCode::timeout,
              "port {} did not open; it said: {}", port, last_words());
}

std::optional<Ending> ChildProcess::wait(Patience patience) {
  if (ending_) return ending_;
  const bool ended = wait_until(patience, [&] {
    siginfo_t ended{};
    // Left unburied until the destructor: while it is a zombie nobody else gets its number, so
    // that a signal to the group cannot hit a stranger.
    if (::waitid(P_PID, pid_, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return false;
    if (ended.si_pid != pid_) return false;
    ending_ = ending_of(ended);
    return true;
  });
  if (!ended) return std::nullopt;
  // What it wrote last may still be in the pipes; grandchildren may hold them open for ever.
  std::unique_lock lock(mutex_);
  said_more_.wait_for(lock, Patience{500}, [&] { return silent_; });
  return ending_;
}

Ending ChildProcess::stop(Patience grace) {
  thaw();
  signal_group(SIGTERM);
  if (auto ending = wait(grace)) return *ending;
  return kill();
}

Ending ChildProcess::kill() {
  signal_group(SIGKILL);
  while (!wait(kPatience)) continue;
  return *ending_;
}

void ChildProcess::signal(int number) {
  if (!ending_) ::kill(pid_, number);
}
// The group may outlive its leader.
void ChildProcess::signal_group(int number) { ::kill(-pid_, number); }
void ChildProcess::freeze() { signal_group(SIGSTOP); }
void ChildProcess::thaw() { signal_group(SIGCONT); }

Result<Outcome> run_to_end(ChildProcess::Command command, Patience patience) {
  auto child = TRY(ChildProcess::start(std::move(command)));
  const auto ending = child->wait(patience);
  if (!ending) return fail(ErrorCode::timeout, "still running; it said: {}", child->output());
  return Outcome{*ending, child->output(), child->errors()};
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0);
  CHECK(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

bool port_is_open(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool open = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

Result<Listener> start_listener(
    const std::function<ChildProcess::Command(std::uint16_t port)>& command) {
  Status listens;
  for (int attempt = 0; attempt < 5; ++attempt) {
    Listener listener{.process = {}, .port = free_port()};
    listener.process = TRY(ChildProcess::start(command(listener.port)));
    listens = listener.process->wait_for_port(listener.port);
    if (listens) return listener;
  }
  return std::unexpected(listens.error());
}

}  // namespace nocturn::testing
