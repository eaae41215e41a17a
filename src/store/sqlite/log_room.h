#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/file_descriptor.h"

namespace nocturn::store::sqlite {

// Keeps zeros written ahead of the end of the write-ahead log, so that a commit's flush need not
// wait for the file system to record a longer file: on a busy disk that costs far more than the
// data. SQLite takes what follows the last commit for the garbage that a longer log left there:
// a frame of page 0 is none (sqlite.org/fileformat2.html, section 4.1).
class LogRoom {
 public:
  explicit LogRoom(std::string log) : path_(std::move(log)) {}

  // Makes room beyond the first `used` bytes of the log. To be called at the beginning of a
  // writing transaction: its lock keeps everybody else from lengthening the log. Does nothing
  // where the disk is nearly full.
  void extend(std::int64_t used);

 private:
  std::string path_;
  FileDescriptor file_;
  std::int64_t used_ = 0;
  std::int64_t end_ = 0;  // of what is written
};

}  // namespace nocturn::store::sqlite
