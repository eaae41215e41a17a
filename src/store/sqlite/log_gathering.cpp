#include "store/sqlite/log_gathering.h"

#include <sqlite3.h>

#include <cstddef>
#include <new>
#include <vector>

namespace nocturn::store::sqlite {
namespace {

// The most that the system's files take in one write: they mask its size (os_unix.c,
// seekAndWriteFd). A longer transaction is written in parts. A single write of SQLite is a page at
// most, which is half of this.
constexpr std::size_t kMostGathered = 0x1ffff;

// The log of one connection. SQLite owns the memory, which goes on with the system's own file.
struct LogFile : sqlite3_file {
  sqlite3_file* real = nullptr;
  std::vector<char> gathered;
  sqlite3_int64 begin = 0;  // place in the log of the first byte gathered
};

constexpr std::size_t round_up(std::size_t size) {
  constexpr std::size_t kAlign = alignof(std::max_align_t);
  return (size + kAlign - 1) / kAlign * kAlign;
}
constexpr std::size_t kRealAt = round_up(sizeof(LogFile));

LogFile& log_of(sqlite3_file* file) { return *static_cast<LogFile*>(file); }

// What could not be written is forgotten: the transaction fails, and SQLite writes its place anew.
int write_out(LogFile& log) {
  if (log.gathered.empty()) return SQLITE_OK;
  const int result = log.real->pMethods->xWrite(log.real, log.gathered.data(),
                                                static_cast<int>(log.gathered.size()), log.begin);
  log.gathered.clear();
  return result;
}

// Runs one method of the system's file once it has all that SQLite wrote.
template <auto Method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
  LogFile& log = log_of(file);
  if (const int written = write_out(log); written != SQLITE_OK) return written;
  return (log.real->pMethods->*Method)(log.real, arguments...);
}

template <auto Method, class... Arguments>
int at_once(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* real = log_of(file).real;
  return (real->pMethods->*Method)(real, arguments...);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 place) {
  LogFile& log = log_of(file);
  const auto bytes = static_cast<std::size_t>(size);
  const auto end = log.begin + static_cast<sqlite3_int64>(log.gathered.size());
  if (place != end || log.gathered.size() + bytes > kMostGathered)
    if (const int written = write_out(log); written != SQLITE_OK) return written;
  if (log.gathered.empty()) log.begin = place;
  const auto* first = static_cast<const char*>(data);
  try {
    log.gathered.insert(log.gathered.end(), first, first + bytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  LogFile& log = log_of(file);
  write_out(log);  // of a transaction that was not committed: nobody misses it
  const int result = log.real->pMethods->xClose(log.real);
  log.~LogFile();
  return result;
}

// Version 1: without the mapped memory that SQLite asks of a database's file alone.
constexpr sqlite3_io_methods kMethods = [] {
  using Methods = sqlite3_io_methods;
  Methods methods{};
  methods.iVersion = 1;
  methods.xClose = close;
  methods.xRead = after_writing<&Methods::xRead, void*, int, sqlite3_int64>;
  methods.xWrite = write;
  methods.xTruncate = after_writing<&Methods::xTruncate, sqlite3_int64>;
  methods.xSync = after_writing<&Methods::xSync, int>;
  methods.xFileSize = after_writing<&Methods::xFileSize, sqlite3_int64*>;
  methods.xLock = at_once<&Methods::xLock, int>;
  methods.xUnlock = at_once<&Methods::xUnlock, int>;
  methods.xCheckReservedLock = at_once<&Methods::xCheckReservedLock, int*>;
  methods.xFileControl = after_writing<&Methods::xFileControl, int, void*>;
  methods.xSectorSize = at_once<&Methods::xSectorSize>;
  methods.xDeviceCharacteristics = at_once<&Methods::xDeviceCharacteristics>;
  return methods;
}();

// Every file but the log is the system's own.
int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, file, flags, opened);
  auto* real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + kRealAt);
  const int result = system->xOpen(system, name, real, flags, opened);
  file->pMethods = nullptr;  // says that there is nothing to close
  if (result != SQLITE_OK) {
    if (real->pMethods != nullptr) real->pMethods->xClose(real);
    return result;
  }
  auto* log = new (file) LogFile;
  log->pMethods = &kMethods;
  log->real = real;
  return SQLITE_OK;
}

}  // namespace

const char* log_gathering() {
  static const char* const name = [] {
    static sqlite3_vfs files = *sqlite3_vfs_find(nullptr);
    files.zName = "nocturn-log-gathering";
    files.szOsFile += static_cast<int>(kRealAt);
    files.xOpen = open_file;
    files.pNext = nullptr;
    sqlite3_vfs_register(&files, 0);
    return files.zName;
  }();
  return name;
}

}  // namespace nocturn::store::sqlite
