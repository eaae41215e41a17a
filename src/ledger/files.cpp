#include "ledger/files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nocturn::ledger {
namespace {

constexpr std::size_t kMaxFile = 64 << 20;
constexpr std::size_t kFilesAtOnce = 256;  // open at a time while a batch is flushed
constexpr std::size_t kMany = 16;  // files that cost more flushed each than with all of the disk

struct Descriptor {
  int number;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(Descriptor&& other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
};

std::unexpected<Error> failed(const std::filesystem::path& file, const char* step) {
  ErrorCode code = ErrorCode::unavailable;
  if (errno == ENOENT) code = ErrorCode::not_found;
  if (errno == ENOSPC || errno == EDQUOT) code = ErrorCode::disk_full;
  return std::unexpected(
      about(file.string(), Error{code, fmt::format("{}: {}", step, std::strerror(errno)), {}}));
}

std::filesystem::path beside(const std::filesystem::path& file) {
  return file.parent_path() / ("." + file.filename().string() + ".new");
}

Result<Descriptor> write_beside(const std::filesystem::path& file, std::string_view bytes) {
  Descriptor descriptor(
      ::open(beside(file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (descriptor.number < 0) return failed(file, "cannot make the file");
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor.number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(file, "cannot write the file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return descriptor;
}

Status put_in_place(const std::filesystem::path& file) {
  if (::rename(beside(file).c_str(), file.c_str()) != 0)
    return failed(file, "cannot put the file in its place");
  return {};
}

Status flush_file(const std::filesystem::path& file, const Descriptor& descriptor) {
  if (::fdatasync(descriptor.number) != 0) return failed(file, "cannot flush the file");
  return {};
}

Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.number < 0 || ::fsync(descriptor.number) != 0)
    return failed(folder, "cannot flush the folder");
  return {};
}

// The beginning of a wider tile or bundle.
Result<std::string> cut(const TileName& wanted, const TileName& found, std::string bytes) {
  if (wanted.level != kBundles) {
    if (bytes.size() != found.width * sizeof(Hash))
      return fail(ErrorCode::corrupt, "{} is not {} hashes long", path_of(found), found.width);
    bytes.resize(wanted.width * sizeof(Hash));
    return bytes;
  }
  const auto leaves = TRY(parse_bundle(bytes, found.width));
  std::string narrower;
  for (std::uint32_t i = 0; i < wanted.width; ++i) append_to_bundle(narrower, leaves[i]);
  return narrower;
}

// The widths of the partial tiles on disk for one place.
std::vector<std::uint32_t> widths_in(const std::filesystem::path& partials) {
  std::vector<std::uint32_t> widths;
  std::error_code ended;
  for (std::filesystem::directory_iterator at(partials, ended), end; !ended && at != end;
       at.increment(ended)) {
    const std::string name = at->path().filename().string();
    std::uint32_t width = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), width);
    if (error == std::errc() && rest == name.data() + name.size()) widths.push_back(width);
  }
  std::sort(widths.begin(), widths.end());
  return widths;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number < 0) return failed(file, "cannot open the file");
  struct stat facts{};
  if (::fstat(descriptor.number, &facts) != 0) return failed(file, "cannot look at the file");
  if (!S_ISREG(facts.st_mode))
    return about(file.string(), Result<std::string>(fail(ErrorCode::not_found, "not a file")));
  if (static_cast<std::size_t>(facts.st_size) > kMaxFile)
    return about(file.string(), Result<std::string>(fail(ErrorCode::limited, "file too long")));
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(descriptor.number, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(file, "cannot read the file");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Status replace_file(const std::filesystem::path& file, std::string_view bytes) {
  const Descriptor descriptor = TRY(write_beside(file, bytes));
  TRY_STATUS(flush_file(file, descriptor));
  TRY_STATUS(put_in_place(file));
  return sync_folder(file.parent_path());
}

Result<std::string> TileFiles::read(const TileName& name) const {
  auto exact = read_file(folder_ / path_of(name));
  if (exact || exact.error().code != ErrorCode::not_found || name.width == kTileWidth) return exact;
  TileName wider = name;
  wider.width = kTileWidth;
  std::vector<std::uint32_t> widths = widths_in(folder_ / (path_of(wider) + ".p"));
  std::erase_if(widths, [&](std::uint32_t width) { return width <= name.width; });
  widths.push_back(kTileWidth);
  for (const std::uint32_t width : widths) {
    wider.width = width;
    if (auto bytes = read_file(folder_ / path_of(wider)))
      return cut(name, wider, std::move(*bytes));
  }
  return exact;
}

Status TileFiles::make_folders(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    for (auto above = folder.parent_path(); above != folder_.parent_path();
         above = above.parent_path())
      changed_folders_.insert(above);
  }
  if (error) {
    errno = error.value();
    return failed(folder, "cannot make the folder");
  }
  changed_folders_.insert(folder);
  return {};
}

Status TileFiles::add(const TileName& name, std::string bytes) {
  staged_.push_back({folder_ / path_of(name), std::move(bytes)});
  if (staged_.size() < kFilesAtOnce) return {};
  return flush();
}

Status TileFiles::flush() {
  const auto staged = std::exchange(staged_, {});
  std::vector<Descriptor> descriptors;
  descriptors.reserve(staged.size());
  // All are written before the first is flushed: then one commit of the file system's journal, or
  // one flush of the disk, serves many files.
  for (const Staged& one : staged) {
    TRY_STATUS(make_folders(one.file.parent_path()));
    descriptors.push_back(TRY(write_beside(one.file, one.bytes)));
  }
  if (staged.size() > kMany) {
    if (::syncfs(descriptors.front().number) != 0) return failed(folder_, "cannot flush the files");
  } else {
    for (std::size_t i = 0; i < staged.size(); ++i)
      TRY_STATUS(flush_file(staged[i].file, descriptors[i]));
  }
  for (const Staged& one : staged) TRY_STATUS(put_in_place(one.file));
  for (const auto& folder : std::exchange(changed_folders_, {})) TRY_STATUS(sync_folder(folder));
  return {};
}

void TileFiles::remove(const TileName& name) {
  std::error_code ignored;
  const std::filesystem::path file = folder_ / path_of(name);
  std::filesystem::remove(file, ignored);
  std::filesystem::remove(file.parent_path(), ignored);  // only when it was the last one
}

void TileFiles::remove_partials(int level, std::uint64_t index, std::uint32_t keep) {
  TileName name{level, index, kTileWidth};
  for (const std::uint32_t width : widths_in(folder_ / (path_of(name) + ".p"))) {
    name.width = width;
    if (width != keep) remove(name);
  }
}

}  // namespace nocturn::ledger
