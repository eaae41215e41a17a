#include "crypto/private_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nocturn::crypto {
namespace {

constexpr std::size_t kMaxKeyFile = 4096;

struct Descriptor {
  int number = -1;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

std::unexpected<Error> failed(const std::filesystem::path& file, const char* step) {
  const auto code = errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::unavailable;
  return std::unexpected(
      about(file.string(), Error{code, fmt::format("{}: {}", step, std::strerror(errno)), {}}));
}

Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number < 0 || ::fsync(descriptor.number) != 0)
    return failed(folder, "cannot sync the folder");
  return {};
}

// Writes beside the file and links it into place: a half-written key is never seen, and of two
// processes that make one at the same time the second finds the name taken.
Status make_file(const std::filesystem::path& file, std::string_view contents) {
  std::filesystem::path folder = file.parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const std::filesystem::path beside =
      folder / fmt::format(".{}.{}", file.filename().string(), ::getpid());
  {
    const Descriptor descriptor(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (descriptor.number < 0) return failed(file, "cannot make the key file");
    if (::write(descriptor.number, contents.data(), contents.size()) !=
            static_cast<ssize_t>(contents.size()) ||
        ::fsync(descriptor.number) != 0)
      return failed(file, "cannot write the key file");
  }
  const bool failed_to_name = ::link(beside.c_str(), file.c_str()) != 0 && errno != EEXIST;
  const int why = errno;
  ::unlink(beside.c_str());
  errno = why;
  if (failed_to_name) return failed(file, "cannot name the key file");
  return sync_folder(folder);
}

}  // namespace

Result<std::string> open_private_file(const std::filesystem::path& file,
                                      const std::function<std::string()>& make) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number < 0 && errno == ENOENT) {
    TRY_STATUS(make_file(file, make()));
    descriptor.number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  }
  struct stat facts{};
  if (descriptor.number < 0 || ::fstat(descriptor.number, &facts) != 0)
    return failed(file, "cannot open the key file");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return about(file.string(), Result<std::string>(
                                    fail(ErrorCode::forbidden,
                                         "others may read this key file; chmod 600 it after making "
                                         "sure that nobody has")));
  std::string contents(kMaxKeyFile + 1, '\0');
  const ssize_t length = ::read(descriptor.number, contents.data(), contents.size());
  if (length < 0) return failed(file, "cannot read the key file");
  if (static_cast<std::size_t>(length) > kMaxKeyFile)
    return about(file.string(),
                 Result<std::string>(fail(ErrorCode::corrupt, "too long for a key file")));
  contents.resize(static_cast<std::size_t>(length));
  return contents;
}

}  // namespace nocturn::crypto
