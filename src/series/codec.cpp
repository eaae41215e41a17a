#include "series/codec.h"

#include "base/varint.h"

namespace nocturn::series {
namespace {

constexpr unsigned kMarkMask = 3, kDegraded = 4, kPhaseShift = 3;

// Differences wrap around like unsigned numbers, so that any two times can be told apart.
std::int64_t minus(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) -
                                   static_cast<std::uint64_t>(right));
}
std::int64_t plus(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) +
                                   static_cast<std::uint64_t>(right));
}

std::unexpected<Error> broken() { return fail(ErrorCode::corrupt, "broken block of samples"); }

}  // namespace

void Encoder::add(const Sample& sample) {
  const std::int64_t at = sample.at.time_since_epoch().count();
  const std::int64_t distance = minus(at, count_ == 0 ? 0 : last_.time_since_epoch().count());
  unsigned head = static_cast<unsigned>(sample.mark) & kMarkMask;
  if (sample.degraded) head |= kDegraded;
  std::int64_t phases = 0;
  for (std::size_t i = 0; i < kPhases; ++i) {
    if (sample.phases[i].count() < 0) continue;
    head |= 1u << (kPhaseShift + i);
    phases = plus(phases, sample.phases[i].count());
  }
  bytes_.push_back(static_cast<std::uint8_t>(head));
  put_varint(bytes_, fold(minus(distance, distance_)));
  put_varint(bytes_, fold(minus(sample.took.count(), phases)));
  for (const Micros phase : sample.phases)
    if (phase.count() >= 0) put_varint(bytes_, static_cast<std::uint64_t>(phase.count()));

  // The first distance is from 1970 and predicts nothing.
  distance_ = count_ == 0 ? 0 : distance;
  if (count_ == 0) first_ = sample.at;
  last_ = sample.at;
  ++count_;
}

void Encoder::clear() {
  bytes_.clear();
  count_ = 0;
  distance_ = 0;
}

Result<std::vector<Sample>> decode(std::span<const std::uint8_t> bytes) {
  std::vector<Sample> samples;
  std::int64_t at = 0, distance = 0;
  while (!bytes.empty()) {
    const unsigned head = bytes.front();
    bytes = bytes.subspan(1);
    if ((head & kMarkMask) > static_cast<unsigned>(Mark::cannot_tell)) return broken();
    const auto change = take_varint(bytes), rest = take_varint(bytes);
    if (!change || !rest) return broken();
    Sample sample;
    sample.mark = static_cast<Mark>(head & kMarkMask);
    sample.degraded = (head & kDegraded) != 0;
    std::int64_t phases = 0;
    for (std::size_t i = 0; i < kPhases; ++i) {
      if ((head & (1u << (kPhaseShift + i))) == 0) continue;
      const auto phase = take_varint(bytes);
      if (!phase || *phase > INT64_MAX) return broken();
      sample.phases[i] = Micros(static_cast<std::int64_t>(*phase));
      phases = plus(phases, sample.phases[i].count());
    }
    sample.took = Micros(plus(unfold(*rest), phases));
    distance = plus(distance, unfold(*change));
    at = plus(at, distance);
    if (samples.empty()) distance = 0;
    sample.at = WallTime(Micros(at));
    samples.push_back(sample);
  }
  return samples;
}

void write(const Rollup& rollup, Bytes& out) {
  put_varint(out, rollup.passed);
  put_varint(out, rollup.failed);
  put_varint(out, rollup.cannot_tell);
  rollup.took.write(out);
}

Result<Rollup> read_rollup(std::span<const std::uint8_t> bytes, WallTime hour) {
  const auto passed = take_varint(bytes), failed = take_varint(bytes),
             cannot_tell = take_varint(bytes);
  if (!passed || !failed || !cannot_tell) return broken();
  Rollup rollup{hour, *passed, *failed, *cannot_tell, TRY(Histogram::read(bytes))};
  if (!bytes.empty()) return broken();
  return rollup;
}

}  // namespace nocturn::series
