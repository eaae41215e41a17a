#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "publishing/stop.h"

namespace nocturn::publishing {

// A program of the system that is run to its end: rsync, sftp.
struct Program {
  std::vector<std::string> arguments;  // the program first, looked up in /usr/local/bin … /bin
  std::filesystem::path folder;        // to run in
  Micros deadline = std::chrono::minutes(10);
};

// Blocks until it ended with status 0; else what it wrote to standard error tells the
// cause (`unavailable`). It leads a process group of its own, which is killed at
// the deadline (`timeout`) and when asked to stop. It has nothing of ours open, no input, and of
// the environment PATH and LANG alone. Any thread.
Status run(Program program, const Stop& stop, const Clock& clock);

}  // namespace nocturn::publishing
