#include <algorithm>
#include <fstream>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "series/series.h"
#include "support/temporary_folder.h"

namespace nocturn::series {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart{hours(24 * 365 * 50)};

// Flushes only when told, so that tests say when.
SeriesStore::Options quiet() {
  SeriesStore::Options options;
  options.flush_every = hours(1000);
  return options;
}

Sample sample_at(WallTime at, Micros took = milliseconds(7), Mark mark = Mark::passed) {
  Sample sample;
  sample.at = at;
  sample.mark = mark;
  sample.took = took;
  sample.phases[1] = took / 3;
  return sample;
}

class SeriesStoreTest : public ::testing::Test {
 protected:
  void open() { store = SeriesStore::open(folder / "series.db", clock, quiet()).value(); }
  // As after kill -9: the files as they are on disk now, without the store's farewell.
  void crash() {
    const auto copy = folder / "copy";
    std::filesystem::create_directory(copy);
    for (const std::string name : {"series.db", "series.db-wal"})
      if (std::filesystem::exists(folder / name))
        std::filesystem::copy_file(folder / name, copy / name);
    store.reset();
    for (const std::string name : {"series.db", "series.db-wal", "series.db-shm"})
      std::filesystem::remove(folder / name);
    for (const std::string name : {"series.db", "series.db-wal"})
      if (std::filesystem::exists(copy / name)) std::filesystem::rename(copy / name, folder / name);
    std::filesystem::remove_all(copy);
    open();
  }
  // One probe of "a" every 30 s.
  std::vector<Sample> feed(int count) {
    std::vector<Sample> fed;
    const SeriesId id = store->id_of("a");
    for (int i = 0; i < count; ++i) {
      clock.advance(seconds(30));
      fed.push_back(sample_at(clock.wall(), Micros(5000 + i)));
      store->append(id, fed.back());
    }
    return fed;
  }
  std::vector<Sample> all(std::string_view name = "a") {
    return store->samples(name, WallTime{}, WallTime::max()).value();
  }

  testing::TemporaryFolder folder;
  VirtualClock clock{kStart};
  std::unique_ptr<SeriesStore> store;
};

TEST_F(SeriesStoreTest, gives_back_what_was_appended_before_and_after_it_is_on_disk) {
  open();
  auto fed = feed(500);
  EXPECT_EQ(all(), fed);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(all(), fed);
  for (const Sample& sample : feed(10)) fed.push_back(sample);
  EXPECT_EQ(all(), fed);
  store.reset();
  open();
  EXPECT_EQ(all(), fed);
  EXPECT_TRUE(all("unheard of").empty());
}

TEST_F(SeriesStoreTest, reads_only_what_lies_in_the_interval) {
  open();
  const auto fed = feed(300);
  ASSERT_TRUE(store->flush());
  const auto part = store->samples("a", fed[100].at, fed[200].at).value();
  EXPECT_EQ(part, std::vector<Sample>(fed.begin() + 100, fed.begin() + 200));
}

TEST_F(SeriesStoreTest, loses_in_a_crash_only_what_came_after_the_last_flush) {
  open();
  auto fed = feed(700);
  ASSERT_TRUE(store->flush());
  feed(3);
  crash();
  EXPECT_EQ(all(), fed);
  for (int round = 0; round < 30; ++round) {  // also what an earlier crash left behind
    for (const Sample& sample : feed(25)) fed.push_back(sample);
    ASSERT_TRUE(store->flush());
    crash();
    ASSERT_EQ(all(), fed) << "round " << round;
  }
}

TEST_F(SeriesStoreTest, keeps_the_names_apart) {
  open();
  const SeriesId a = store->id_of("a"), b = store->id_of("b");
  EXPECT_NE(a, b);
  EXPECT_EQ(store->id_of("a"), a);
  store->append(b, sample_at(kStart));
  EXPECT_TRUE(all("a").empty());
  EXPECT_EQ(all("b").size(), 1u);
  store.reset();
  open();
  EXPECT_EQ(store->id_of("b"), b);
}

TEST_F(SeriesStoreTest, rolls_up_finished_hours) {
  open();
  const SeriesId id = store->id_of("a");
  for (int i = 0; i < 120; ++i) {
    store->append(id, sample_at(clock.wall(), milliseconds(i + 1),
                                i % 10 == 9 ? Mark::failed : Mark::passed));
    clock.advance(seconds(30));
  }
  store->append(id, sample_at(clock.wall()));
  ASSERT_TRUE(store->flush());
  ASSERT_TRUE(store->flush());  // blocks of one flush are rolled up by the next
  const auto hours_done = store->rollups("a", WallTime{}, WallTime::max()).value();
  ASSERT_EQ(hours_done.size(), 1u);
  EXPECT_EQ(hours_done[0].hour, kStart);
  EXPECT_EQ(hours_done[0].passed, 108u);
  EXPECT_EQ(hours_done[0].failed, 12u);
  EXPECT_EQ(hours_done[0].took.largest(), milliseconds(119));
  const auto median = hours_done[0].took.quantile(0.5);
  EXPECT_GE(median, milliseconds(59));
  EXPECT_LE(median, milliseconds(65));
}

TEST_F(SeriesStoreTest, rolls_up_hours_that_a_crash_left_open) {
  open();
  const auto fed = feed(100);
  ASSERT_TRUE(store->flush());
  crash();
  clock.advance(hours(5));
  ASSERT_TRUE(store->flush());
  ASSERT_TRUE(store->flush());
  std::uint64_t passed = 0;
  const auto rollups = store->rollups("a", WallTime{}, WallTime::max()).value();
  for (const Rollup& rollup : rollups) passed += rollup.passed;
  EXPECT_EQ(passed, 100u);
}

TEST_F(SeriesStoreTest, forgets_samples_after_eight_days_and_keeps_the_hours) {
  open();
  feed(2 * 60 * 24 * 9);  // nine days
  ASSERT_TRUE(store->flush());
  clock.advance(hours(2));
  ASSERT_TRUE(store->flush());
  EXPECT_GE(all().front().at, clock.wall() - hours(24 * 8 + 1));
  EXPECT_GE(store->rollups("a", WallTime{}, WallTime::max())->size(), 24u * 9);
  clock.advance(hours(24 * 401));
  ASSERT_TRUE(store->flush());
  EXPECT_TRUE(all().empty());
  EXPECT_TRUE(store->rollups("a", WallTime{}, WallTime::max())->empty());
}

TEST_F(SeriesStoreTest, survives_a_clock_that_is_set_back) {
  open();
  std::vector<Sample> fed;
  for (int round = 0; round < 3; ++round) {
    for (const Sample& sample : feed(90)) fed.push_back(sample);
    clock.step_wall(-minutes(45));  // the same times again
    ASSERT_TRUE(store->flush());
  }
  std::ranges::stable_sort(fed, {}, &Sample::at);
  auto found = all();
  EXPECT_EQ(found.size(), fed.size());
  const auto by_all = [](const Sample& left, const Sample& right) {
    return std::tie(left.at, left.took) < std::tie(right.at, right.took);
  };
  std::ranges::sort(found, by_all);
  std::ranges::sort(fed, by_all);
  EXPECT_EQ(found, fed);
}

TEST_F(SeriesStoreTest, refuses_a_file_that_is_none_of_its_own) {
  std::ofstream(folder / "series.db") << std::string(8192, 'x');
  const auto opened = SeriesStore::open(folder / "series.db", clock, quiet());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
}

TEST_F(SeriesStoreTest, costs_little_memory_and_time_for_five_thousand_series) {
  open();
  for (int i = 0; i < 5000; ++i) store->id_of(fmt::format("instance-{}/check", i));
  SystemClock real;
  const SteadyTime before = real.steady();
  constexpr int kRounds = 120;
  for (int round = 0; round < kRounds; ++round) {
    clock.advance(seconds(30));
    for (SeriesId id = 0; id < 5000; ++id)
      store->append(id, sample_at(clock.wall() + Micros(id), Micros(900 + id % 77)));
    if (round % 10 == 0) {
      ASSERT_TRUE(store->flush());
    }
  }
  const double each = static_cast<double>((real.steady() - before).count()) / (5000.0 * kRounds);
  RecordProperty("microseconds_per_sample", fmt::format("{:.3f}", each));
  EXPECT_LT(each, 20) << "flushes included, on a busy machine and without optimisation";
}

}  // namespace
}  // namespace nocturn::series
