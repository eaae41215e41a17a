#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/text.h"

namespace nocturn::series {

// How durations are spread, in buckets a sixteenth of their value wide: quantiles are off by at
// most one sixteenth, whatever the range, and histograms of any two stretches of time add up to
// that of both.
class Histogram {
 public:
  void add(Micros value);  // negative counts as zero
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  Micros sum() const { return Micros(static_cast<Micros::rep>(sum_)); }
  Micros largest() const { return Micros(static_cast<Micros::rep>(largest_)); }
  // The value that the fraction `q` in [0, 1] of all values does not exceed; zero when empty.
  Micros quantile(double q) const;

  void write(Bytes& out) const;
  // Reads what write() wrote from the front of `bytes`, and takes it off.
  static Result<Histogram> read(std::span<const std::uint8_t>& bytes);
  bool operator==(const Histogram&) const = default;

 private:
  std::uint64_t count_ = 0, sum_ = 0, largest_ = 0;
  std::vector<std::uint64_t> buckets_;  // up to the last that is not empty
};

}  // namespace nocturn::series
