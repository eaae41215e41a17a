#include "ledger/batch.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::ledger {
namespace {

// An entry with its own texts.
struct Sample {
  std::string id, type, object, payload = {}, leaf = {};
  Bytes subject = Bytes(16, 5), salt = Bytes(32, 7);
  std::uint64_t sequence = 0, form = 0;
  Sensitivity sensitivity = Sensitivity::internal;
  bool erased = false;

  Stored stored() const {
    Stored entry{.id = id, .type = type, .object = object, .subject = subject};
    entry.sequence = sequence;
    entry.form = form;
    entry.sensitivity = sensitivity;
    entry.erased = erased;
    if (erased) {
      entry.leaf = leaf;
    } else {
      entry.payload = payload;
      entry.salt = salt;
    }
    return entry;
  }
};

Sample any_sample() {
  return {.id = *rc::gen::string<std::string>(),
          .type = *rc::gen::string<std::string>(),
          .object = *rc::gen::string<std::string>(),
          .payload = *rc::gen::string<std::string>(),
          .leaf = *rc::gen::string<std::string>(),
          .sequence = *rc::gen::arbitrary<std::uint64_t>(),
          .form = *rc::gen::arbitrary<std::uint64_t>(),
          .sensitivity =
              *rc::gen::element(Sensitivity::open, Sensitivity::internal, Sensitivity::personal),
          .erased = *rc::gen::arbitrary<bool>()};
}

void expect_same(const Stored& a, const Stored& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.object, b.object);
  EXPECT_EQ(as_text(a.subject), as_text(b.subject));
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.form, b.form);
  EXPECT_EQ(a.sensitivity, b.sensitivity);
  EXPECT_EQ(a.erased, b.erased);
  EXPECT_EQ(a.payload, b.payload);
  EXPECT_EQ(as_text(a.salt), as_text(b.salt));
  EXPECT_EQ(a.leaf, b.leaf);
}

constexpr WallTime kTime{Micros(1'795'000'000'000'000)};

Status read(std::span<const std::uint8_t> bytes, std::uint64_t count) {
  return read_batch(bytes, 10, 10 + count - 1, kTime, [](const Stored&) -> Status { return {}; });
}

RC_GTEST_PROP(Batch, gives_back_the_entries_that_were_added, ()) {
  std::vector<Sample> samples(*rc::gen::inRange<std::size_t>(1, 8));
  Batch batch;
  for (Sample& sample : samples) batch.add((sample = any_sample()).stored());
  std::size_t seen = 0;
  const Status outcome =
      read_batch(batch.bytes(), 10, 9 + samples.size(), kTime, [&](const Stored& entry) -> Status {
        expect_same(entry, samples.at(seen).stored());
        EXPECT_EQ(entry.index, 10 + seen++);
        EXPECT_EQ(entry.time, kTime);
        return {};
      });
  RC_ASSERT(!!outcome);
  RC_ASSERT(seen == samples.size());
}

RC_GTEST_PROP(Batch, cut_short_or_lengthened_is_corrupt, ()) {
  Batch batch;
  const std::uint64_t count = *rc::gen::inRange<std::uint64_t>(1, 4);
  for (std::uint64_t i = 0; i < count; ++i) batch.add(any_sample().stored());
  const auto whole = batch.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size)
    RC_ASSERT(read(whole.first(size), count).error().code == ErrorCode::corrupt);
  Bytes longer(whole.begin(), whole.end());
  longer.push_back(0);
  RC_ASSERT(read(longer, count).error().code == ErrorCode::corrupt);
  RC_ASSERT(read(whole, count + 1).error().code == ErrorCode::corrupt);
}

// Sanitizers tell whether it looks beyond its bytes.
RC_GTEST_PROP(Batch, of_any_bytes_is_read_or_refused, (const std::vector<std::uint8_t>& bytes)) {
  const Status outcome = read(bytes, 1);
  RC_ASSERT(outcome || outcome.error().code == ErrorCode::corrupt);
}

TEST(Batch, is_full_after_so_many_entries_or_bytes) {
  const Sample small{.id = "1", .type = "a.b", .object = "c"};
  Batch batch;
  while (!batch.full()) batch.add(small.stored());
  EXPECT_EQ(batch.count(), Batch::kMostEntries);
  batch.clear();
  EXPECT_FALSE(batch.full());
  Sample big = small;
  big.payload.assign(Batch::kFullBytes, 'n');
  batch.add(big.stored());
  EXPECT_TRUE(batch.full());
}

}  // namespace
}  // namespace nocturn::ledger
