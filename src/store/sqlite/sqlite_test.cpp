#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/writer.h"
#include "support/store_contract.h"

// What only SQLite promises: files, rights, a full disk, the length of its log.
namespace nocturn::store {
namespace {

namespace fs = std::filesystem;

class Sqlite : public ::testing::Test {
 protected:
  void open() {
    auto opened = Database::open(place());
    ASSERT_TRUE(opened) << opened.error().text();
    database_ = std::move(*opened);
    const Status migrated = database_->migrate(kModules);
    ASSERT_TRUE(migrated) << migrated.error().text();
    writer_ = std::make_unique<Writer>(*database_);
  }
  void close() {
    writer_.reset();
    database_.reset();
  }
  std::string place() const { return (folder_ / "nocturn.db").string(); }
  std::uintmax_t log_size() const { return fs::file_size(place() + "-wal"); }

  Status add(std::int64_t id, std::size_t size) {
    return writer_->run([&](Transaction& transaction) {
      return transaction.post("INSERT INTO hours (id, psalms) VALUES (?, ?)",
                              {id, std::vector<std::uint8_t>(size, 'x')});
    });
  }
  std::int64_t count() { return count_hours(*database_); }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(Sqlite, makes_files_that_only_the_owner_may_read) {
  open();
  ASSERT_TRUE(add(1, 10));
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << entry.path();
  }
}

TEST_F(Sqlite, says_not_found_when_there_is_no_such_folder) {
  const auto opened = Database::open((folder_ / "missing/nocturn.db").string());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::not_found);
}

TEST_F(Sqlite, says_corrupt_of_a_file_that_is_no_database) {
  std::ofstream(place()) << std::string(8192, 'n');
  const auto opened = Database::open(place());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_EQ(opened.error().subject, place());
}

TEST_F(Sqlite, says_corrupt_of_pages_that_were_overwritten) {
  open();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(add(i, 1000));
  close();
  {
    std::fstream file(place(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(fs::file_size(place()) - 4096, '\xee');
  }
  auto opened = Database::open(place());
  ASSERT_TRUE(opened) << opened.error().text();
  const Status read = (*opened)->read([](Reader& reader) {
    return reader.query("SELECT psalms FROM hours", {}, [](const Row&) {});
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

TEST_F(Sqlite, keeps_its_log_short_under_a_constant_load) {
  open();
  const std::size_t size = 256 * 1024;
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(add(i, size));  // 125 MiB
  EXPECT_LT(log_size(), 80u << 20);
  EXPECT_EQ(count(), 500);
}

TEST_F(Sqlite, does_not_take_the_room_ahead_in_its_log_for_data) {
  open();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add(i, 1000));
  EXPECT_GT(log_size(), 1u << 20);
  // As after a crash: the log is read from its beginning to the last commit.
  const fs::path copy = folder_ / "copy.db";
  fs::copy(place(), copy);
  fs::copy(place() + "-wal", copy.string() + "-wal");
  close();
  auto opened = Database::open(copy.string());
  ASSERT_TRUE(opened) << opened.error().text();
  database_ = std::move(*opened);
  EXPECT_EQ(count(), 20);
  writer_ = std::make_unique<Writer>(*database_);
  EXPECT_TRUE(add(20, 1000));
  EXPECT_EQ(count(), 21);
}

// Texts that are rewritten, as a payload is that is to be forgotten.
class SqliteTraces : public Sqlite {
 protected:
  static constexpr std::string_view kErased = "born in a stable";

  Status put(std::string_view text) {
    return writer_->run([&](Transaction& transaction) {
      return transaction.post(
          "INSERT INTO hours (id, psalms) VALUES (1, ?)",
          {std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())});
    });
  }
  Status erase() {
    return writer_->run([&](Transaction& transaction) {
      transaction.leave_no_traces();
      return transaction.post("DELETE FROM hours WHERE id = 1", {});
    });
  }
  bool is_in_a_file(std::string_view text) const {
    return std::ranges::any_of(fs::directory_iterator(folder_.path()), [&](const auto& entry) {
      std::ifstream file(entry.path(), std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(file), {}).contains(text);
    });
  }
  // Without a limit: a test that hangs here is ended by whoever runs it.
  void wait_until_in_no_file(std::string_view text) const {
    while (is_in_a_file(text)) ::usleep(20'000);
  }
};

TEST_F(SqliteTraces, what_was_erased_leaves_the_files_though_nobody_writes_any_more) {
  open();
  ASSERT_TRUE(put(kErased));
  ASSERT_TRUE(is_in_a_file(kErased));
  ASSERT_TRUE(erase());
  wait_until_in_no_file(kErased);
  // The log is shorter than the writer remembers, and is given its room again.
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add(i, 1000));
  EXPECT_GT(log_size(), 1u << 20);
  EXPECT_EQ(count(), 20);
}

TEST_F(SqliteTraces, a_reader_of_what_was_erased_delays_nobody_but_its_end) {
  open();
  ASSERT_TRUE(put(kErased));
  const Status read = database_->read([&](Reader& reader) -> Status {
    const auto rows = [&] {
      return reader.first("SELECT COUNT(*) FROM hours WHERE id = 1", {},
                          [](const Row& row) { return row.integer(0); });
    };
    EXPECT_EQ(TRY(rows()), 1);
    EXPECT_TRUE(erase());
    ::sleep(3);  // tries to empty the log, in vain
    for (int i = 2; i < 300; ++i) EXPECT_TRUE(add(i, 10'000));
    EXPECT_EQ(TRY(rows()), 1);
    EXPECT_TRUE(is_in_a_file(kErased));
    return {};
  });
  ASSERT_TRUE(read) << read.error().text();
  wait_until_in_no_file(kErased);
  EXPECT_EQ(count(), 298);
}

TEST_F(SqliteTraces, what_was_erased_before_a_crash_leaves_the_files_after_it) {
  open();
  ASSERT_TRUE(put(kErased));
  const testing::TemporaryFolder left;
  ASSERT_TRUE(database_->read([&](Reader& reader) -> Status {
    TRY_STATUS(reader.query("SELECT * FROM hours", {}, [](const Row&) {}));  // needs the log
    EXPECT_TRUE(erase());
    fs::copy(place(), left / "nocturn.db");
    fs::copy(place() + "-wal", left / "nocturn.db-wal");
    return {};
  }));
  close();
  for (const auto& entry : fs::directory_iterator(left.path()))
    fs::copy(entry.path(), folder_ / entry.path().filename(), fs::copy_options::overwrite_existing);
  ASSERT_TRUE(is_in_a_file(kErased));
  open();
  wait_until_in_no_file(kErased);
  EXPECT_EQ(count(), 0);
}

TEST_F(SqliteTraces, what_was_erased_leaves_the_files_under_a_constant_load) {
  open();
  ASSERT_TRUE(put(kErased));
  std::atomic<bool> done = false;
  std::vector<std::thread> callers;
  for (int caller = 1; caller <= 8; ++caller)
    callers.emplace_back([&, caller] {
      for (std::int64_t id = caller * 1'000'000; !done; ++id) EXPECT_TRUE(add(id, 1000));
    });
  EXPECT_TRUE(erase());
  wait_until_in_no_file(kErased);
  done = true;
  for (std::thread& caller : callers) caller.join();
}

// Of the whole process, as the kernel counts them (proc(5), /proc/self/io).
std::int64_t calls_that_wrote() {
  std::ifstream counters("/proc/self/io");
  std::string name;
  std::int64_t value = 0;
  while (counters >> name >> value)
    if (name == "syscw:") return value;
  return -1;
}

TEST_F(Sqlite, gathers_the_pages_of_a_transaction_before_it_writes_them_to_its_log) {
  open();
  ASSERT_TRUE(add(1, 10));  // makes the log and the room ahead in it
  const std::int64_t before = calls_that_wrote();
  ASSERT_GE(before, 0);
  ASSERT_TRUE(add(2, 400'000));  // about 100 pages
  EXPECT_LE(calls_that_wrote() - before, 8);
}

TEST_F(Sqlite, reads_back_what_a_long_transaction_had_to_write_before_its_end) {
  open();
  constexpr std::size_t kEach = 1 << 20;
  constexpr std::int64_t kRows = 24;  // three times what the connection keeps in memory
  const auto add_all = [&](std::int64_t first, bool give_up) {
    return writer_->run([=](Transaction& transaction) -> Status {
      for (std::int64_t id = first; id < first + kRows; ++id)
        TRY_STATUS(transaction.post(
            "INSERT INTO hours (id, psalms) VALUES (?, ?)",
            {id, std::vector<std::uint8_t>(kEach, static_cast<std::uint8_t>(id))}));
      std::int64_t right = 0;
      TRY_STATUS(transaction.query(
          "SELECT id, psalms FROM hours WHERE id >= ?", {first}, [&](const Row& row) {
            const auto psalms = row.bytes(1);
            const auto id = static_cast<std::uint8_t>(row.integer(0));
            right += psalms.size() == kEach && psalms[0] == id && psalms[kEach - 1] == id;
          }));
      if (right != kRows) return fail(ErrorCode::corrupt, "{} rows of {}", right, kRows);
      if (give_up) return fail(ErrorCode::conflict, "not this time");
      return {};
    });
  };
  ASSERT_TRUE(add_all(100, false));
  const Status given_up = add_all(200, true);
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, ErrorCode::conflict) << given_up.error().text();
  ASSERT_TRUE(add(1, 10));
  ASSERT_TRUE(add_all(200, false));
  EXPECT_EQ(count(), 2 * kRows + 1);
  close();
  open();
  EXPECT_EQ(count(), 2 * kRows + 1);
}

TEST_F(Sqlite, goes_on_writing_while_a_reader_holds_an_old_snapshot) {
  open();
  ASSERT_TRUE(add(0, 10));
  const Status read = database_->read([&](Reader& reader) -> Status {
    const auto rows = [&] {
      return reader.first("SELECT COUNT(*) FROM hours", {},
                          [](const Row& row) { return row.integer(0); });
    };
    EXPECT_EQ(TRY(rows()), 1);
    for (int i = 1; i < 300; ++i) EXPECT_TRUE(add(i, 256 * 1024));
    EXPECT_EQ(TRY(rows()), 1);
    return {};
  });
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(count(), 300);
}

// No file may grow beyond a limit: the write fails as it does on a full disk, anywhere and
// without special rights.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_;
};

TEST_F(Sqlite, says_disk_full_goes_on_reading_and_recovers_by_itself) {
  open();
  std::int64_t id = 0;
  for (; id < 10; ++id) ASSERT_TRUE(add(id, 1000));
  {
    const FileSizeLimit limit(log_size() + 300'000);
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
      const Status status = add(id, 200'000);
      if (status) {
        ++id;
        continue;
      }
      ++refused;
      ASSERT_EQ(status.error().code, ErrorCode::disk_full) << status.error().text();
      ASSERT_EQ(count(), id);
    }
    EXPECT_GT(refused, 50);
  }
  ASSERT_TRUE(add(id, 200'000));
  close();
  open();
  EXPECT_EQ(count(), id + 1);
}

TEST_F(Sqlite, survives_a_file_system_without_room) {
  if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
    GTEST_SKIP() << "needs the right to mount";
  }
  open();
  const fs::path ballast = folder_ / "ballast";
  std::ofstream(ballast) << std::string(1 << 20, 'b');
  std::int64_t id = 0;
  Status status;
  while ((status = add(id, 5'000))) ++id;
  EXPECT_EQ(status.error().code, ErrorCode::disk_full) << status.error().text();
  EXPECT_EQ(count(), id);
  fs::remove(ballast);
  EXPECT_TRUE(add(id, 5'000));
  EXPECT_EQ(count(), id + 1);
  close();
  ::umount(folder_.path().c_str());
}

}  // namespace
}  // namespace nocturn::store
