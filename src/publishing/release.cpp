#include "publishing/release.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFileMode = 0644, kFolderMode = 0755;  // whatever the umask: others serve them

std::unexpected<Error> cannot(std::string_view what, const fs::path& path) {
  const int error = errno;
  return fail(error == ENOSPC ? ErrorCode::disk_full : ErrorCode::unavailable, "cannot {} {}: {}",
              what, path.string(), std::strerror(error));
}

Status make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) != 0) return cannot("make", folder);
  if (::chmod(folder.c_str(), kFolderMode) != 0) return cannot("open to readers", folder);
  return {};
}

Status write_file(const fs::path& file, std::string_view body) {
  const int descriptor =
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode);
  if (descriptor < 0) return cannot("make", file);
  Status written;
  while (!body.empty() && written) {
    const ssize_t count = ::write(descriptor, body.data(), body.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) written = cannot("write", file);
    body.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  if (written && ::fchmod(descriptor, kFileMode) != 0) written = cannot("open to readers", file);
  ::close(descriptor);
  return written;
}

}  // namespace

std::string release_name(WallTime generated_at) {
  std::string name;
  for (const char c : to_rfc3339(generated_at))
    if (c != '-' && c != ':') name += c;
  return name;
}

std::vector<std::string> outdated(std::vector<std::string> names, const std::string& current) {
  std::ranges::sort(names, std::greater());
  std::erase(names, current);
  names.erase(names.begin(),
              names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kKept - 1)));
  return names;
}

std::vector<std::string> folders_of(const Copy& copy) {
  std::set<std::string> folders;
  for (const CopyFile& file : copy.files)
    for (std::size_t slash = file.path.find('/'); slash != file.path.npos;
         slash = file.path.find('/', slash + 1))
      folders.insert(file.path.substr(0, slash));
  return {folders.begin(), folders.end()};
}

Status write_release(const Copy& copy, const fs::path& folder, const Stop& stop) {
  TRY_STATUS(make_folder(folder));
  for (const std::string& inner : folders_of(copy)) TRY_STATUS(make_folder(folder / inner));
  for (const CopyFile& file : copy.files) {
    if (stop.asked()) return fail(ErrorCode::unavailable, "the hub is ending");
    TRY_STATUS(write_file(folder / file.path, file.body));
  }
  return {};
}

}  // namespace nocturn::publishing
