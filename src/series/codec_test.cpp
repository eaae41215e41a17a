#include <algorithm>

#include "series/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/varint.h"

namespace nocturn::series {
namespace {

using std::chrono::seconds;

std::int64_t any_integer() {
  return *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                         rc::gen::inRange<std::int64_t>(0, 1000),
                         rc::gen::element<std::int64_t>(INT64_MAX, INT64_MIN, 0, -1));
}

Sample any_sample() {
  Sample sample;
  sample.at = WallTime(Micros(any_integer()));
  sample.mark = static_cast<Mark>(*rc::gen::inRange(0, 3));
  sample.degraded = *rc::gen::arbitrary<bool>();
  sample.took = Micros(any_integer());
  for (Micros& phase : sample.phases)
    if (const auto value = any_integer(); value >= 0) phase = Micros(value);
  return sample;
}

RC_GTEST_PROP(CodecProperty, gives_back_every_bit, ()) {
  std::vector<Sample> samples;
  Encoder encoder;
  for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
    samples.push_back(any_sample());
    encoder.add(samples.back());
  }
  const auto decoded = decode(encoder.bytes());
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == samples);
  RC_ASSERT(encoder.count() == samples.size());
}

RC_GTEST_PROP(CodecProperty, refuses_or_reads_any_bytes_without_harm,
              (std::vector<std::uint8_t> bytes)) {
  if (const auto samples = decode(bytes)) RC_ASSERT(samples->size() <= bytes.size());
  (void)read_rollup(bytes, WallTime{});
}

RC_GTEST_PROP(CodecProperty, folds_and_unfolds_any_integer, ()) {
  const std::int64_t value = any_integer();
  RC_ASSERT(unfold(fold(value)) == value);
  Bytes bytes;
  put_varint(bytes, fold(value));
  std::span<const std::uint8_t> rest(bytes);
  RC_ASSERT(take_varint(rest) == fold(value));
  RC_ASSERT(rest.empty());
}

TEST(Codec, needs_about_eleven_bytes_for_a_probe_of_a_web_page) {
  Encoder encoder;
  WallTime at{seconds(1'800'000'000)};
  for (int i = 0; i < 240; ++i) {
    const Micros jitter{i * 7919 % 1500};
    Sample sample;
    sample.at = at + jitter;
    sample.phases = {Micros(-1), Micros(180 + i % 90), Micros(-1), Micros(2100 + i * 31 % 900),
                     Micros(40 + i % 20)};
    sample.took = Micros(sample.phases[1] + sample.phases[3] + sample.phases[4] + Micros(12));
    encoder.add(sample);
    at += seconds(30);
  }
  EXPECT_LT(encoder.bytes().size(), 240 * 11);
}

TEST(Codec, refuses_a_block_that_was_cut) {
  Encoder encoder;
  Sample sample;
  sample.at = WallTime{seconds(1'800'000'000)};
  encoder.add(sample);
  encoder.add(sample);
  const Bytes& bytes = encoder.bytes();
  EXPECT_FALSE(decode(std::span(bytes).first(bytes.size() - 1)));
}

RC_GTEST_PROP(HistogramProperty, has_quantiles_within_a_sixteenth, ()) {
  auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(0, 50), rc::gen::inRange<std::int64_t>(0, 60'000'000))));
  Histogram histogram;
  for (const auto value : values) histogram.add(Micros(value));
  std::sort(values.begin(), values.end());
  for (const double q : {0.0, 0.5, 0.95, 0.99, 1.0}) {
    const auto rank =
        static_cast<std::size_t>(std::max(1.0, std::ceil(q * static_cast<double>(values.size()))));
    const auto exact = values[rank - 1];
    const auto found = histogram.quantile(q).count();
    RC_ASSERT(found >= exact);
    RC_ASSERT(found <= exact + exact / 16);
  }
  RC_ASSERT(histogram.largest().count() == values.back());
}

RC_GTEST_PROP(HistogramProperty, adds_up_and_is_read_back,
              (const std::vector<std::uint32_t>& left, const std::vector<std::uint32_t>& right)) {
  Histogram one, two, both;
  for (const auto value : left) one.add(Micros(value)), both.add(Micros(value));
  for (const auto value : right) two.add(Micros(value)), both.add(Micros(value));
  one.add(two);
  RC_ASSERT(one == both);
  Bytes bytes;
  both.write(bytes);
  std::span<const std::uint8_t> rest(bytes);
  const auto read = Histogram::read(rest);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == both);
  RC_ASSERT(rest.empty());
}

}  // namespace
}  // namespace nocturn::series
