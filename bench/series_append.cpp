// bench_series FOLDER: five thousand series, one sample each per 30 s of two hours. Prints the
// CPU time of an append (caller's side), of everything with a flush per round, bytes on disk per
// sample, and memory.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/clock.h"
#include "series/series.h"

namespace {

using namespace nocturn;

constexpr series::SeriesId kSeries = 5000;
constexpr int kRounds = 240;

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * 4096 / (1 << 20);
}

series::Sample sample_of(WallTime at, std::uint64_t noise) {
  const auto some = [&](unsigned bits, unsigned shift) {
    return Micros(static_cast<std::int64_t>((noise >> shift) & ((1u << bits) - 1)));
  };
  series::Sample sample;
  sample.at = at + some(10, 0);
  sample.phases = {Micros(-1), Micros(150) + some(7, 10), Micros(-1), Micros(1800) + some(10, 17),
                   Micros(30) + some(5, 27)};
  sample.took = sample.phases[1] + sample.phases[3] + sample.phases[4] + some(4, 32);
  return sample;
}

Status run(const std::string& folder) {
  const std::filesystem::path path = std::filesystem::path(folder) / "series.db";
  VirtualClock clock(WallTime(std::chrono::hours(24 * 365 * 55)));
  series::SeriesStore::Options options;
  options.flush_every = std::chrono::hours(1000);
  options.pending = SIZE_MAX;
  auto store = TRY(series::SeriesStore::open(path, clock, options));
  for (series::SeriesId id = 0; id < kSeries; ++id)
    store->id_of(fmt::format("instance-{:04}/http", id));
  const double before_mib = resident_mib();
  double most_mib = 0;
  std::clock_t appending = 0, flushing = 0;
  std::uint64_t noise = 1;
  std::vector<series::Sample> round(kSeries);
  for (int i = 0; i < kRounds; ++i) {
    clock.advance(std::chrono::seconds(30));
    for (auto& sample : round) {
      noise = noise * 6364136223846793005u + 1442695040888963407u;
      sample = sample_of(clock.wall(), noise >> 20);
    }
    const std::clock_t start = std::clock();
    for (series::SeriesId id = 0; id < kSeries; ++id) store->append(id, round[id]);
    const std::clock_t appended = std::clock();
    TRY_STATUS(store->flush());
    appending += appended - start;
    flushing += std::clock() - appended;
    most_mib = std::max(most_mib, resident_mib());
  }
  store.reset();
  const double count = static_cast<double>(kSeries) * kRounds;
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  const auto each = [count](std::clock_t clocks) {
    return static_cast<double>(clocks) * 1e6 / CLOCKS_PER_SEC / count;
  };
  fmt::print(
      "append {:.3f} us, with flushes {:.3f} us, {:.1f} bytes on disk per sample; "
      "{:.1f} MiB for {} series\n",
      each(appending), each(appending + flushing), size / count, most_mib - before_mib, kSeries);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bench_series FOLDER\n";
    return 2;
  }
  if (const auto ran = run(argv[1]); !ran) {
    std::cerr << ran.error().text() << '\n';
    return 1;
  }
}
