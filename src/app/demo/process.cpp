#include "app/demo/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/text.h"

namespace nocturn::app::demo {
namespace {

using std::chrono::milliseconds;

struct ProcessStat {
  char state = 0;
  pid_t group = 0, session = 0;
  std::uint64_t started = 0;
};

// proc(5): the second field is the program's name in parentheses and may hold anything, so the
// rest is counted from the last ')'.
std::optional<ProcessStat> read_stat(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(end_of_name + 1));
  ProcessStat stat;
  pid_t parent = 0;
  std::string skipped;
  rest >> stat.state >> parent >> stat.group >> stat.session;
  for (int field = 7; field < 22; ++field) rest >> skipped;
  rest >> stat.started;
  if (!rest) return std::nullopt;
  return stat;
}

// A process id is not given out again while a session of that number has members, so members
// that started after the leader did are the leader's own.
bool session_has_members(const ProcessMark& mark) {
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return false;
  bool found = false;
  while (const dirent* entry = ::readdir(processes)) {
    pid_t pid = 0;
    const char* end = entry->d_name + std::strlen(entry->d_name);
    if (std::from_chars(entry->d_name, end, pid).ptr != end || pid == mark.pid) continue;
    const auto stat = read_stat(pid);
    if (stat && stat->session == mark.pid && stat->group == mark.pid && stat->state != 'Z' &&
        stat->started >= mark.started) {
      found = true;
      break;
    }
  }
  ::closedir(processes);
  return found;
}

// Only async-signal-safe calls: the parent may have other threads.
[[noreturn]] void become(const Command& command, char* const* arguments, int input, int log) {
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(input, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  ::syscall(SYS_close_range, 3u, ~0u, 0u);
  static const char kRefused[] = "cannot enter the folder, take the account or run the program\n";
  bool fine = true;
  if (command.account) {
    fine = ::setgroups(0, nullptr) == 0 && ::setgid(command.account->group) == 0 &&
           ::setuid(command.account->user) == 0;
  }
  fine = fine && ::chdir(command.folder.c_str()) == 0;
  if (fine) ::execv(arguments[0], arguments);
  if (::write(2, kRefused, sizeof kRefused - 1) < 0) ::_exit(126);
  ::_exit(127);
}

Result<pid_t> spawn(const Command& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const int input = ::open(command.input.c_str(), O_RDONLY | O_CLOEXEC);
  if (input < 0) {
    return fail(ErrorCode::unavailable, "cannot read {}: {}", command.input.string(),
                std::strerror(errno));
  }
  const int log = ::open(command.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) {
    const int reason = errno;
    ::close(input);
    return fail(ErrorCode::unavailable, "cannot write {}: {}", command.log.string(),
                std::strerror(reason));
  }
  const pid_t child = ::fork();
  if (child == 0) become(command, arguments.data(), input, log);
  const int reason = errno;
  ::close(input);
  ::close(log);
  if (child < 0) return fail(ErrorCode::limited, "cannot fork: {}", std::strerror(reason));
  return child;
}

// Takes the status of a child of ours; harmless for the child of an earlier command.
void reap(pid_t pid) { ::waitpid(pid, nullptr, WNOHANG); }

}  // namespace

Result<ProcessMark> start_detached(const Command& command) {
  const pid_t pid = TRY(spawn(command));
  const auto stat = read_stat(pid);
  if (!stat) return fail(ErrorCode::internal, "{} is gone at once", command.arguments[0]);
  // Another command may end it, which cannot take the status of a child of ours.
  std::thread([pid] { ::waitpid(pid, nullptr, 0); }).detach();
  return ProcessMark{pid, stat->started};
}

Status run_to_end(const Command& command, Micros limit) {
  const pid_t pid = TRY(spawn(command));
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd ended{handle, POLLIN, 0};
  const auto limit_ms = std::chrono::duration_cast<milliseconds>(limit).count();
  const bool in_time = handle >= 0 && ::poll(&ended, 1, static_cast<int>(limit_ms)) == 1;
  if (!in_time) ::kill(-pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (handle >= 0) ::close(handle);
  const std::string program = std::filesystem::path(command.arguments[0]).filename();
  if (!in_time) {
    return about(program,
                 Status(fail(ErrorCode::timeout, "did not end within {}", to_text(limit))));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return about(program,
                 Status(fail(ErrorCode::unavailable, "failed; see {}", command.log.string())));
  }
  return {};
}

bool is_alive(const ProcessMark& mark) {
  const auto stat = read_stat(mark.pid);
  return stat && stat->started == mark.started && stat->state != 'Z';
}

bool has_members(const ProcessMark& mark) {
  const auto leader = read_stat(mark.pid);
  if (leader && leader->started != mark.started) return false;  // the number is somebody else's
  return (leader && leader->state != 'Z') || session_has_members(mark);
}

void signal_group(const ProcessMark& mark, int signal) {
  if (has_members(mark)) ::kill(-mark.pid, signal);
}

Status stop_process(const ProcessMark& mark, int signal, Micros grace) {
  constexpr auto kStep = milliseconds(10);
  reap(mark.pid);
  signal_group(mark, SIGCONT);
  if (is_alive(mark)) ::kill(mark.pid, signal);
  for (Micros waited{0}; has_members(mark) && waited < grace; waited += kStep) {
    pause_for(kStep);
    reap(mark.pid);
    if (!is_alive(mark)) signal_group(mark, SIGTERM);  // whom the leader left behind
  }
  for (int attempt = 0; has_members(mark) && attempt < 200; ++attempt) {
    signal_group(mark, SIGKILL);
    pause_for(kStep);
    reap(mark.pid);
  }
  if (has_members(mark)) {
    return fail(ErrorCode::unavailable, "process {} does not end", mark.pid);
  }
  return {};
}

Status write_mark(const std::filesystem::path& file, const ProcessMark& mark) {
  std::filesystem::path written = file;
  written += ".new";
  std::ofstream out(written);
  out << mark.pid << ' ' << mark.started << '\n';
  out.close();
  std::error_code failed;
  std::filesystem::rename(written, file, failed);
  if (!out || failed) return fail(ErrorCode::disk_full, "cannot write {}", file.string());
  return {};
}

std::optional<ProcessMark> read_mark(const std::filesystem::path& file) {
  std::ifstream in(file);
  ProcessMark mark;
  in >> mark.pid >> mark.started;
  if (!in || mark.pid <= 1) return std::nullopt;
  return mark;
}

void pause_for(Micros duration) {
  ::poll(nullptr, 0, static_cast<int>(std::chrono::duration_cast<milliseconds>(duration).count()));
}

}  // namespace nocturn::app::demo
