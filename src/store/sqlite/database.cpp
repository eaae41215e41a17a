#include "store/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/pool.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/file_descriptor.h"
#include "store/sqlite/log_room.h"

namespace nocturn::store::sqlite {
namespace {

constexpr std::size_t kReaders = 4;
constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kPageBytes = 4096;  // SQLite's default
constexpr Connection::Limits kWriterLimits{.gathers_log = true, .cache_bytes = 8 * kMiB};
constexpr Connection::Limits kReaderLimits{
    .read_only = true, .cache_bytes = 2 * kMiB, .mapped_bytes = 64 * kMiB};
constexpr Connection::Limits kCheckpointLimits{.cache_bytes = 256 * 1024};
// Log growth after which the checkpointer is woken, and log length at which the writer stops to
// start the log over.
constexpr std::int64_t kCheckpointBytes = 4 * kMiB;
constexpr std::int64_t kLongLogBytes = 64 * kMiB;

// Made with the owner's rights alone, before SQLite would make it for everybody to read.
Result<FileDescriptor> open_file(const std::string& file) {
  FileDescriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (descriptor.number() >= 0) return descriptor;
  const auto code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::disk_full
                    : errno == ENOENT                  ? ErrorCode::not_found
                                                       : ErrorCode::forbidden;
  return about(file,
               Result<FileDescriptor>(fail(code, "cannot be opened: {}", std::strerror(errno))));
}

// Held as long as the descriptor is open; the kernel lets go of it when the process dies.
Result<FileDescriptor> take_lock(const std::string& file) {
  FileDescriptor lock = TRY(open_file(file + ".lock"));
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) == 0) return lock;
  return about(file, Result<FileDescriptor>(fail(
                         ErrorCode::conflict, "in use by another hub, which holds {}.lock", file)));
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(FileDescriptor lock, std::unique_ptr<Connection> writer,
                 std::unique_ptr<Connection> checkpoints, const std::string& file,
                 bool log_was_left)
      : lock_(std::move(lock)),
        writer_(std::move(writer)),
        readers_(kReaders, [file] { return Connection::open(file, kReaderLimits); }),
        checkpointer_(std::move(checkpoints)),
        room_(file + "-wal") {
    sqlite3_wal_hook(
        writer_->handle(),
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteDatabase*>(self)->log_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    if (log_was_left) checkpointer_.empty_log_soon();
  }

  Backend backend() const override { return Backend::sqlite; }

  Status read(const std::function<Status(Reader&)>& work) override {
    const auto reader = TRY(readers_.borrow());
    Connection& connection = **reader;
    TRY_STATUS(connection.begin_reading());
    Status status = work(connection);
    connection.roll_back();
    return status;
  }

 private:
  Status begin() override {
    TRY_STATUS(writer_->begin_writing());
    room_.extend(log_pages_ * kPageBytes);
    return {};
  }
  Transaction& transaction() override { return *writer_; }
  Status commit() override { return writer_->commit(); }
  void roll_back() override { writer_->roll_back(); }
  void mark() override { mark_ = writer_->writes(); }
  bool touched() const override { return writer_->writes() != mark_ || !writer_->in_transaction(); }
  Status health() const override { return writer_->health(); }

  Status run_script(std::string_view script) override {
    TRY_STATUS(writer_->run_script(std::string(script)));
    std::string lax;
    TRY_STATUS(
        writer_->query("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0"
                       " AND schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                       {}, [&](const Row& row) { lax = row.text(0); }));
    if (lax.empty()) return {};
    return fail(ErrorCode::internal, "table {} is not STRICT", lax);
  }

  void tend() override {
    if (writer_->shall_leave_no_traces()) checkpointer_.empty_log_soon();
    const std::int64_t log = log_pages_ * kPageBytes;
    if (log < tended_bytes_) tended_bytes_ = 0;  // the log was started over
    if (log >= kLongLogBytes && log >= next_restart_bytes_) {
      next_restart_bytes_ = checkpointer_.start_log_over() ? 0 : log + kCheckpointBytes;
    } else if (log - tended_bytes_ >= kCheckpointBytes) {
      tended_bytes_ = log;
      checkpointer_.wake();
    }
  }

  const FileDescriptor lock_;
  const std::unique_ptr<Connection> writer_;
  Pool<Connection> readers_;
  Checkpointer checkpointer_;
  LogRoom room_;
  std::int64_t log_pages_ = 0;     // as of the last commit
  std::int64_t tended_bytes_ = 0;  // log length when the checkpointer was last woken
  std::int64_t next_restart_bytes_ = 0;
  std::uint64_t mark_ = 0;
};

}  // namespace

Result<std::unique_ptr<Database>> open(const std::string& file) {
  FileDescriptor lock = TRY(take_lock(file));
  TRY(open_file(file));
  // A hub that died left it, and may have died before it left no traces of what it erased.
  const bool log_was_left = std::filesystem::exists(file + "-wal");
  auto writer = TRY(Connection::open(file, kWriterLimits));
  auto checkpoints = TRY(Connection::open(file, kCheckpointLimits));
  return std::make_unique<SqliteDatabase>(std::move(lock), std::move(writer),
                                          std::move(checkpoints), file, log_was_left);
}

}  // namespace nocturn::store::sqlite
