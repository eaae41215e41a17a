#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "series/histogram.h"

// The front door of series: what every probe saw, kept small. Samples are not ledger entries and
// a power cut may cost the last seconds of them; in return one costs less than a microsecond and
// about eleven bytes. They live in a SQLite file of their own.
namespace nocturn::series {

enum class Mark : std::uint8_t { passed, failed, cannot_tell };

inline constexpr std::size_t kPhases = 5;  // resolve, connect, tls, first byte, transfer

// One probe. A phase it did not have is -1.
struct Sample {
  WallTime at;  // start
  Mark mark = Mark::passed;
  bool degraded = false;
  Micros took{0};
  std::array<Micros, kPhases> phases{Micros(-1), Micros(-1), Micros(-1), Micros(-1), Micros(-1)};
  bool operator==(const Sample&) const = default;
};

// One hour of a series.
struct Rollup {
  WallTime hour;  // start
  std::uint64_t passed = 0, failed = 0, cannot_tell = 0;
  Histogram took;  // of passed probes, in microseconds: count, sum, largest, quantiles
};

using SeriesId = std::uint32_t;

class SeriesStore {
 public:
  struct Options {
    Micros flush_every = std::chrono::seconds(10);  // what a crash may cost
    Micros keep_samples = std::chrono::hours(24 * 8);
    Micros keep_rollups = std::chrono::hours(24 * 400);
    std::size_t pending = 65'536;  // samples not yet on disk that make it flush at once
  };
  // Opens or makes the file; `clock` outlives the store. One process at a time.
  static Result<std::unique_ptr<SeriesStore>> open(const std::filesystem::path& file,
                                                   const Clock& clock, Options options);
  // Flushes and stops its thread.
  virtual ~SeriesStore() = default;

  // All members are thread-safe.

  // The id of a name, given on first sight and kept for ever. Does not touch the disk.
  virtual SeriesId id_of(std::string_view name) = 0;
  // Never waits for the disk. While nothing can be written it keeps a bounded number of samples
  // and then drops the oldest, counting them as lost.
  virtual void append(SeriesId id, const Sample& sample) = 0;
  // Brings what was appended before to disk (not through its caches).
  virtual Status flush() = 0;

  // Samples with `from` <= at < `until`, by time, those of now included. `limited` when they are
  // more than a million.
  virtual Result<std::vector<Sample>> samples(std::string_view name, WallTime from,
                                              WallTime until) = 0;
  // Finished hours that begin in [from, until), by time.
  virtual Result<std::vector<Rollup>> rollups(std::string_view name, WallTime from,
                                              WallTime until) = 0;

  struct Counters {
    std::uint64_t appended, lost, blocks, flushes, failed_flushes;
  };
  virtual Counters counters() const = 0;
};

}  // namespace nocturn::series
