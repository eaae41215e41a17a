#include "monitoring/schedule.h"

#include <algorithm>
#include <cstdint>

#include "base/result.h"

namespace nocturn::monitoring {
namespace {

constexpr Micros kFirstSpread = std::chrono::seconds(10);
constexpr Micros kPauseSpread = std::chrono::seconds(30);
// Places are multiples of this: probes that start together share the thread's wake-ups, which
// cost more than the probes do. Finer for intervals of less than a second.
constexpr Micros kGrain = std::chrono::milliseconds(10);

// FNV-1a with the final mixing of splitmix64: std::hash may differ between builds.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

}  // namespace

Micros offset_of(std::string_view check_id, Micros every) {
  CHECK(every.count() > 0);
  const Micros exact(
      static_cast<Micros::rep>(stable_hash(check_id) % static_cast<std::uint64_t>(every.count())));
  return every < 100 * kGrain ? exact : exact - exact % kGrain;
}

SteadyTime next_due(SteadyTime now, Micros every, Micros offset) {
  CHECK(every.count() > 0 && offset.count() >= 0 && offset < every);
  const Micros since_epoch = now.time_since_epoch();
  Micros place = since_epoch % every;
  if (place.count() < 0) place += every;
  const Micros start{since_epoch - place};
  return SteadyTime(place < offset ? start + offset : start + every + offset);
}

SteadyTime first_due(SteadyTime now, Micros every, Micros offset) {
  return now + offset % std::min(every, kFirstSpread);
}

SteadyTime due_after_pause(SteadyTime now, Micros every, Micros offset) {
  if (every <= kPauseSpread) return next_due(now, every, offset);
  return now + offset % kPauseSpread;
}

SteadyTime due_after(SteadyTime now, Micros every, Micros offset, bool soft, Micros retry) {
  const SteadyTime regular = next_due(now, every, offset);
  return soft ? std::min(regular, now + retry) : regular;
}

}  // namespace nocturn::monitoring
