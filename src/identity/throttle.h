#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "crypto/sha256.h"

// How often somebody may try to sign in. A device that signed in to the account before (it shows a
// cookie) is counted by itself; all others are counted per address, and per account together. So
// whoever guesses slows down strangers' devices at that account and at their own address, never
// the owner's. What it remembers can be kept and given back after a restart, under names that tell
// nothing: people type passwords where the login belongs. Pure: a function of the calls it saw. Not
// thread-safe.
namespace nocturn::identity {

struct Attempt {
  std::string address;  // IPv4, or the /64 of IPv6
  std::string account;  // the login that was typed, whether it exists or not
  std::string device;   // empty: unknown
};

class Throttle {
 public:
  // So many tries are free; then each costs a pause, the double of the one before. Whoever makes
  // none for `forget` starts afresh.
  struct Rule {
    int free;
    Micros first, longest, forget;
  };
  static constexpr Rule kAddress{20, std::chrono::seconds(2), std::chrono::minutes(15),
                                 std::chrono::hours(1)};
  static constexpr Rule kStranger{5, std::chrono::seconds(1), std::chrono::minutes(15),
                                  std::chrono::hours(1)};
  static constexpr Rule kDevice{10, std::chrono::seconds(1), std::chrono::minutes(5),
                                std::chrono::hours(1)};

  // Remembers at most so many addresses and accounts; those that were admitted longest ago are
  // forgotten. What is refused is not remembered, so a flood of it forgets nobody.
  static constexpr std::size_t kRoom = 20'000;
  // `key` makes the names: two throttles with one key have the same ones.
  explicit Throttle(const crypto::Hash& key = {}, std::size_t capacity = kRoom)
      : key_(key), capacity_(capacity) {}
  Throttle(Throttle&&) = default;
  Throttle& operator=(Throttle&&) = default;

  // Zero: go on; the try counts as failed until forgive(). Else how long to wait; it is not
  // counted.
  Micros admit(const Attempt& attempt, SteadyTime now);
  // The try turned out well: it is not counted.
  void forgive(const Attempt& attempt);

  // What is remembered of one device, address or account.
  struct Memory {
    std::string name;
    int count;  // 0: nothing any more
    SteadyTime last;
  };
  // At most so many of those that changed since they were taken or restored, the most failures
  // first.
  std::vector<Memory> take_changed(std::size_t most);
  // To be called in the order of `last`, before tries come.
  void restore(const Memory& memory);

  std::size_t size() const { return order_.size(); }

 private:
  struct Bucket {
    std::string name;
    int count = 0;
    SteadyTime last{};
    int kept_count = 0;  // as it was taken
    SteadyTime kept_last{};

    bool changed() const { return count != kept_count || (count > 0 && last != kept_last); }
  };
  struct Place {
    std::string name;
    const Rule& rule;
  };
  std::vector<Place> places_of(const Attempt& attempt) const;
  const Bucket* find(const std::string& name) const;
  Bucket& bucket(const std::string& name);

  crypto::Hash key_;
  std::size_t capacity_;
  std::list<Bucket> order_;  // most recently used first
  std::unordered_map<std::string, std::list<Bucket>::iterator> places_;
};

}  // namespace nocturn::identity
