#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "series/series.h"

// The SQLite file of a SeriesStore: all its SQL. Rows are keyed by one integer, the series in the
// upper half and the start in seconds in the lower: blobs below a kilobyte stay in their page and
// a stretch of one series is read in order. Used by one thread at a time.
namespace nocturn::series {

class File {
 public:
  static Result<std::unique_ptr<File>> open(const std::filesystem::path& path);
  virtual ~File() = default;

  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void roll_back() = 0;

  // Series: `covered` is the first tail row that may still hold samples which no block has.
  using OnSeries = std::function<void(SeriesId, std::string_view name, std::int64_t covered)>;
  virtual Status each_series(const OnSeries& on_series) = 0;
  virtual Status put_series(SeriesId id, std::string_view name) = 0;
  virtual Status cover(SeriesId id, std::int64_t covered) = 0;

  // Blocks and rollups of one series that start in [from, until).
  using OnRow = std::function<Status(WallTime start, std::span<const std::uint8_t> bytes)>;
  virtual Status blocks(SeriesId id, WallTime from, WallTime until, const OnRow& on_row) = 0;
  virtual Status rollups(SeriesId id, WallTime from, WallTime until, const OnRow& on_row) = 0;
  // Takes the first free second not before `start`.
  virtual Status put_block(SeriesId id, WallTime start, std::span<const std::uint8_t> bytes) = 0;
  virtual Status put_rollup(SeriesId id, WallTime hour, std::span<const std::uint8_t> bytes) = 0;
  // Starts of blocks after the newest rollup of the series.
  virtual Result<std::vector<WallTime>> not_rolled_up(SeriesId id) = 0;
  virtual Status drop_blocks(SeriesId id, WallTime before) = 0;
  virtual Status drop_rollups(SeriesId id, WallTime before) = 0;

  // The tail: samples of open blocks, in rows of growing number.
  using OnTail = std::function<Status(std::int64_t number, std::span<const std::uint8_t> bytes)>;
  virtual Status each_tail(const OnTail& on_tail) = 0;
  virtual Status put_tail(std::int64_t number, std::span<const std::uint8_t> bytes) = 0;
  virtual Status drop_tail(std::int64_t before) = 0;
};

}  // namespace nocturn::series
