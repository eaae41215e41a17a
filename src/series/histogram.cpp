#include "series/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/varint.h"

namespace nocturn::series {
namespace {

// Values below 16 have a bucket each; above, every power of two has 16.
constexpr unsigned kBits = 4;
constexpr std::uint64_t kExact = 1u << kBits;
constexpr std::size_t kMostBuckets = (64 - kBits + 1) << kBits;

std::size_t bucket_of(std::uint64_t value) {
  if (value < kExact) return static_cast<std::size_t>(value);
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
  return (static_cast<std::size_t>(shift) << kBits) + static_cast<std::size_t>(value >> shift);
}

// The largest value that falls into the bucket.
std::uint64_t top_of(std::size_t bucket) {
  if (bucket < kExact) return bucket;
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t lead = (bucket & (kExact - 1)) | kExact;
  return (lead << shift) + ((std::uint64_t{1} << shift) - 1);
}

}  // namespace

void Histogram::add(Micros value) {
  const auto micros = static_cast<std::uint64_t>(std::max<Micros::rep>(0, value.count()));
  const std::size_t bucket = bucket_of(micros);
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  sum_ += micros;
  largest_ = std::max(largest_, micros);
}

void Histogram::add(const Histogram& other) {
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size());
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  largest_ = std::max(largest_, other.largest_);
}

Micros Histogram::quantile(double q) const {
  if (count_ == 0) return Micros{0};
  const auto rank = std::clamp<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) return Micros(static_cast<Micros::rep>(std::min(top_of(bucket), largest_)));
  }
  return largest();
}

void Histogram::write(Bytes& out) const {
  put_varint(out, sum_);
  put_varint(out, largest_);
  std::uint64_t filled = 0;
  for (const std::uint64_t count : buckets_) filled += count != 0;
  put_varint(out, filled);
  std::size_t next = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    if (buckets_[bucket] == 0) continue;
    put_varint(out, bucket - next);
    put_varint(out, buckets_[bucket]);
    next = bucket + 1;
  }
}

Result<Histogram> Histogram::read(std::span<const std::uint8_t>& bytes) {
  const auto broken = [] { return fail(ErrorCode::corrupt, "broken histogram"); };
  Histogram histogram;
  const auto sum = take_varint(bytes), largest = take_varint(bytes), filled = take_varint(bytes);
  if (!sum || !largest || !filled || *filled > kMostBuckets) return broken();
  histogram.sum_ = *sum;
  histogram.largest_ = *largest;
  std::size_t next = 0;
  for (std::uint64_t i = 0; i < *filled; ++i) {
    const auto gap = take_varint(bytes), count = take_varint(bytes);
    if (!gap || !count || *count == 0 || *gap >= kMostBuckets - next) return broken();
    const std::size_t bucket = next + static_cast<std::size_t>(*gap);
    histogram.buckets_.resize(bucket + 1);
    histogram.buckets_[bucket] = *count;
    histogram.count_ += *count;
    next = bucket + 1;
  }
  return histogram;
}

}  // namespace nocturn::series
