#include "end_to_end/power_cut/powered_disk.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "support/child_process.h"

namespace nocturn::testing {
namespace {

constexpr std::uint32_t kMostWritten = 1 << 20;  // in one request
constexpr std::size_t kMostAsked = kMostWritten + 64 * 1024;
constexpr std::uint16_t kMostPages = kMostWritten / 4096;
constexpr std::uint64_t kForever = 1'000'000;  // seconds that the kernel may keep the attributes

std::unexpected<Error> failed(std::string_view step) {
  return fail(ErrorCode::unavailable, "{}: {}", step, std::strerror(errno));
}

Status run(std::vector<std::string> arguments) {
  const std::string program = arguments.front();
  const Outcome outcome = TRY(run_to_end({std::move(arguments)}, std::chrono::minutes(1)));
  if (outcome.ending.exit_code == 0) return {};
  return fail(ErrorCode::unavailable, "{}: {}{}", program, outcome.output, outcome.errors);
}

template <class Body>
std::span<const std::uint8_t> bytes_of(const Body& body) {
  return {reinterpret_cast<const std::uint8_t*>(&body), sizeof body};
}

// The request's fixed part; what follows it is what the request carries.
template <class Fixed>
Fixed fixed_part(std::span<const std::uint8_t> body) {
  Fixed fixed;
  CHECK(body.size() >= sizeof fixed);
  std::memcpy(&fixed, body.data(), sizeof fixed);
  return fixed;
}

fuse_init_out agreed(const fuse_init_in& offered) {
  fuse_init_out answer{};
  answer.major = FUSE_KERNEL_VERSION;
  answer.minor = 31;  // of the protocol whose structures are used here
  answer.max_readahead = offered.max_readahead;
  answer.flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES;
  answer.max_background = 64;
  answer.congestion_threshold = 48;
  answer.max_write = kMostWritten;
  answer.time_gran = 1;
  answer.max_pages = kMostPages;
  return answer;
}

fuse_attr_out attributes(std::uint64_t size) {
  fuse_attr_out answer{};
  answer.attr_valid = kForever;
  answer.attr.ino = FUSE_ROOT_ID;
  answer.attr.size = size;
  answer.attr.blocks = size / 512;
  answer.attr.mode = S_IFREG | S_IRUSR | S_IWUSR;
  answer.attr.nlink = 1;
  answer.attr.blksize = 4096;
  return answer;
}

}  // namespace

std::string why_no_powered_disk() {
  if (::geteuid() != 0) return "only root can mount a disk";
  if (::access("/sbin/mkfs.ext4", X_OK) != 0) return "there is no mkfs.ext4 here";
  for (const char* device : {"/dev/fuse", "/dev/loop-control"}) {
    const int opened = ::open(device, O_RDWR | O_CLOEXEC);
    if (opened < 0) return fmt::format("{} cannot be opened: {}", device, std::strerror(errno));
    ::close(opened);
  }
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return fmt::format("mounts of its own are not allowed here: {}", std::strerror(errno));
  return "";
}

PoweredDisk::PoweredDisk(DiskImage image, std::filesystem::path folder)
    : folder_(std::move(folder)), disk_(std::move(image)) {}

Result<std::unique_ptr<PoweredDisk>> PoweredDisk::plug_in(DiskImage image,
                                                          std::filesystem::path folder) {
  std::unique_ptr<PoweredDisk> disk(new PoweredDisk(std::move(image), std::move(folder)));
  TRY_STATUS(disk->serve());
  return disk;
}

PoweredDisk::~PoweredDisk() {
  if (mounted_) ::umount2(files().c_str(), MNT_DETACH);
  if (served_) ::umount2(device().c_str(), MNT_DETACH);
  if (thread_.joinable()) {
    ::eventfd_write(stop_, 1);
    thread_.join();
  }
  for (const int descriptor : {channel_, stop_})
    if (descriptor >= 0) ::close(descriptor);
}

Status PoweredDisk::serve() {
  std::error_code error;
  std::filesystem::create_directories(files(), error);
  const int mount_point = ::open(device().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (mount_point < 0) return failed("cannot make the disk's file");
  ::close(mount_point);
  channel_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (channel_ < 0 || stop_ < 0) return failed("cannot open /dev/fuse");
  const std::string options =
      fmt::format("fd={},rootmode={:o},user_id=0,group_id=0", channel_, S_IFREG | 0600);
  if (::mount("powered-disk", device().c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return failed("cannot mount the disk's file");
  served_ = true;
  thread_ = std::thread([this] { loop(); });
  return {};
}

Status PoweredDisk::format() {
  return run({"/sbin/mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,nodiscard", "-J", "size=8",
              "-N", "16384", device().string()});
}

Status PoweredDisk::mount() {
  TRY_STATUS(run(
      {"mount", "-t", "ext4", "-o", "loop,noinit_itable", device().string(), files().string()}));
  mounted_ = true;
  return {};
}

Status PoweredDisk::unmount() {
  if (::umount2(files().c_str(), 0) != 0) return failed("cannot unmount the disk");
  mounted_ = false;
  return {};
}

PoweredDisk::Cut PoweredDisk::make_cut(Unflushed rest, std::mt19937& chance) {
  const std::size_t unflushed = disk_.unflushed();
  return {disk_.cut(rest, chance), unflushed};
}

PoweredDisk::Cut PoweredDisk::cut(Unflushed rest, std::mt19937& chance) {
  const std::lock_guard lock(mutex_);
  return make_cut(rest, chance);
}

PoweredDisk::Cut PoweredDisk::cut_after(unsigned writes, Unflushed rest, std::mt19937& chance) {
  std::unique_lock lock(mutex_);
  std::optional<Cut> made;
  std::condition_variable done;
  writes_to_come_ = std::max(writes, 1U);
  after_writes_ = [&] {
    made = make_cut(rest, chance);
    done.notify_one();
  };
  done.wait_for(lock, std::chrono::seconds(1), [&] { return made.has_value(); });
  after_writes_ = nullptr;
  return made ? std::move(*made) : make_cut(rest, chance);
}

void PoweredDisk::loop() {
  std::vector<std::uint8_t> request(kMostAsked);
  while (true) {
    pollfd waiting[] = {{channel_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    const ssize_t length = ::read(channel_, request.data(), request.size());
    if (length < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
    if (length < static_cast<ssize_t>(sizeof(fuse_in_header))) return;  // unmounted
    answer({request.data(), static_cast<std::size_t>(length)});
  }
}

void PoweredDisk::reply(std::uint64_t to, int error, std::span<const std::uint8_t> body) {
  fuse_out_header header{static_cast<std::uint32_t>(sizeof header + body.size()), -error, to};
  const iovec parts[] = {{&header, sizeof header},
                         {const_cast<std::uint8_t*>(body.data()), body.size()}};
  // Fails only for a request that was given up meanwhile.
  [[maybe_unused]] const ssize_t written = ::writev(channel_, parts, body.empty() ? 1 : 2);
}

void PoweredDisk::answer(std::span<const std::uint8_t> request) {
  const auto header = fixed_part<fuse_in_header>(request);
  const auto body = request.subspan(sizeof header);
  const auto id = header.unique;
  std::vector<std::uint8_t> bytes;
  switch (header.opcode) {
    case FUSE_INIT: return reply(id, 0, bytes_of(agreed(fixed_part<fuse_init_in>(body))));
    case FUSE_GETATTR:
    case FUSE_SETATTR: return reply(id, 0, bytes_of(attributes(disk_.size())));
    case FUSE_OPEN: return reply(id, 0, bytes_of(fuse_open_out{}));
    case FUSE_READ: {
      const auto wanted = fixed_part<fuse_read_in>(body);
      const std::uint64_t from = std::min(wanted.offset, disk_.size());
      bytes.resize(std::min<std::uint64_t>(wanted.size, disk_.size() - from));
      const std::lock_guard lock(mutex_);
      disk_.read(from, bytes);
      break;
    }
    case FUSE_WRITE: {
      const auto given = fixed_part<fuse_write_in>(body);
      const auto data = body.subspan(sizeof given);
      if (given.offset + data.size() > disk_.size()) return reply(id, ENOSPC, {});
      {
        const std::lock_guard lock(mutex_);
        disk_.write(given.offset, data);
        if (after_writes_ && --writes_to_come_ == 0) std::exchange(after_writes_, nullptr)();
      }
      return reply(id, 0, bytes_of(fuse_write_out{static_cast<std::uint32_t>(data.size()), 0}));
    }
    case FUSE_FSYNC: {
      const std::lock_guard lock(mutex_);
      disk_.flush();
      break;
    }
    case FUSE_FLUSH:
    case FUSE_RELEASE: break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
    case FUSE_DESTROY: return;  // want no answer
    default: return reply(id, ENOSYS, {});
  }
  reply(id, 0, bytes);
}

}  // namespace nocturn::testing
