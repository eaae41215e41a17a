#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

// Processes that outlive the command that started them. Each leads a session and process group
// of its own and is known by process id and start time together, kept in a file: a number that
// the system gave to somebody else meanwhile is never signalled.
namespace nocturn::app::demo {

// Who runs it; needed when root starts a server that refuses root.
struct Account {
  uid_t user;
  gid_t group;
};

struct Command {
  std::vector<std::string> arguments;  // the program's absolute path first
  std::filesystem::path folder;        // working directory
  std::filesystem::path input = "/dev/null";
  std::filesystem::path log;  // standard output and error are appended
  std::optional<Account> account;
};

struct ProcessMark {
  pid_t pid = 0;
  std::uint64_t started = 0;  // clock ticks after boot: proc(5), stat field 22
};

// Starts it in a session of its own and leaves it running; should it end before the caller does,
// whoever ended it, it leaves no zombie. Only exec failures inside the child
// go unseen (it ends with status 127 and a line in its log).
Result<ProcessMark> start_detached(const Command& command);

// Runs it to its end; fails on a status other than 0 and when `limit` passes (it is killed).
Status run_to_end(const Command& command, Micros limit);

// Whether that very process is there and not a zombie.
bool is_alive(const ProcessMark& mark);
// Whether it, or a process it left behind in its session, is there.
bool has_members(const ProcessMark& mark);

// Signals its whole process group; does nothing when none of it is left.
void signal_group(const ProcessMark& mark, int signal);

// Wakes it if it was frozen, asks it to end with `signal`, and kills the group when that takes
// longer than `grace`. Returns when nothing of it is left.
Status stop_process(const ProcessMark& mark, int signal, Micros grace);

Status write_mark(const std::filesystem::path& file, const ProcessMark& mark);
// Empty when there is no such file, or none that makes sense.
std::optional<ProcessMark> read_mark(const std::filesystem::path& file);

// Lets others run for a moment; for waiting on processes, which give no signal of readiness.
void pause_for(Micros duration);

}  // namespace nocturn::app::demo
