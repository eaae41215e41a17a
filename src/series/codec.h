#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/text.h"
#include "series/series.h"

// Samples as bytes. What is regular costs nothing: times as the change of their distance, the
// whole duration as what it differs from the sum of its phases, all in varints. A run of samples
// can be decoded from its bytes alone.
//
//   sample   = head time took phase*
//   head     = outcome (2 bits), degraded (1 bit), which phases there are (5 bits)
namespace nocturn::series {

// A run of samples being written.
class Encoder {
 public:
  void add(const Sample& sample);
  void clear();

  const Bytes& bytes() const { return bytes_; }
  std::size_t count() const { return count_; }
  WallTime first() const { return first_; }  // defined unless empty
  WallTime last() const { return last_; }

 private:
  Bytes bytes_;
  std::uint32_t count_ = 0;
  WallTime first_, last_;
  std::int64_t distance_ = 0;
};

// Bit for bit what was added; `corrupt` when the bytes are not what an Encoder writes.
Result<std::vector<Sample>> decode(std::span<const std::uint8_t> bytes);

void write(const Rollup& rollup, Bytes& out);  // without its hour
Result<Rollup> read_rollup(std::span<const std::uint8_t> bytes, WallTime hour);

}  // namespace nocturn::series
