// The physical limit of a durable log: 64 callers, each waiting for its 512-byte record to be on
// disk, against a preallocated file with one write and one fdatasync a group. Whatever waits
// while the last flush runs is the next group.
//
//   bench_raw_append [FOLDER [SECONDS]]

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kCallers = 64;
constexpr std::size_t kRecordBytes = 512;
constexpr off_t kFileBytes = off_t{256} << 20;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

// Written once, so that the measured writes find their blocks in place.
int make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) give_up("open");
  const std::vector<char> zeros(1 << 20);
  for (off_t at = 0; at < kFileBytes; at += static_cast<off_t>(zeros.size())) {
    if (::pwrite(file, zeros.data(), zeros.size(), at) < 0) give_up("pwrite");
  }
  if (::fsync(file) != 0) give_up("fsync");
  return file;
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path folder =
      count > 1 ? arguments[1] : std::filesystem::temp_directory_path();
  const double seconds = count > 2 ? std::atof(arguments[2]) : 3;
  const std::string path = (folder / ("raw_append." + std::to_string(::getpid()))).string();
  const int file = make_file(path);

  // Every caller hands in its next record the moment it is answered: the best case of a group.
  const std::vector<char> record(kRecordBytes, 'n');
  std::vector<char> group;
  group.reserve(kCallers * kRecordBytes);
  std::size_t events = 0;
  off_t at = 0;
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> elapsed{};
  while (elapsed.count() < seconds) {
    group.clear();
    for (std::size_t caller = 0; caller < kCallers; ++caller) {
      group.insert(group.end(), record.begin(), record.end());
    }
    if (at + static_cast<off_t>(group.size()) > kFileBytes) at = 0;
    if (::pwrite(file, group.data(), group.size(), at) != static_cast<ssize_t>(group.size())) {
      give_up("pwrite");
    }
    if (::fdatasync(file) != 0) give_up("fdatasync");
    at += static_cast<off_t>(group.size());
    events += kCallers;
    elapsed = std::chrono::steady_clock::now() - start;
  }
  ::close(file);
  std::filesystem::remove(path);
  std::printf(
      "{\"name\": \"raw_append\", \"callers\": %zu, \"bytes\": %zu, "
      "\"events_per_second\": %.0f}\n",
      kCallers, kRecordBytes, static_cast<double>(events) / elapsed.count());
}
