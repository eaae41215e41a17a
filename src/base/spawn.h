#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

// Starts a program of the system. It leads a process group of its own, has no standard input and
// nothing of ours open but what it is given, blocks no signal, and inherits no environment: PATH
// and LANG are set, nothing else. Whoever starts it waits for it and kills its group. Any thread.
namespace nocturn {

struct Spawning {
  std::vector<std::string> arguments =
      {};  // the program first: a path, or a name looked up in PATH
  std::vector<std::string> environment = {};  // "NAME=value", besides PATH and LANG
  std::filesystem::path folder = "/";         // to run in
  int output = -1;                            // descriptors of ours to write to; -1: to nobody
  int errors = -1;
};

// Its process id; `unavailable` with the system's words where it cannot be started.
Result<pid_t> spawn(Spawning spawning);

}  // namespace nocturn
