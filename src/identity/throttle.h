#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "base/clock.h"

// How often somebody may try to sign in. A device that signed in to the account before (it shows a
// cookie) is counted by itself; all others are counted per address, and per account together. So
// whoever guesses slows down strangers' devices at that account and at their own address, never
// the owner's. Pure: a function of the calls it saw. Not thread-safe.
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
  explicit Throttle(std::size_t capacity = 20'000) : capacity_(capacity) {}

  // Zero: go on; the try counts as failed until forgive(). Else how long to wait; it is not
  // counted.
  Micros admit(const Attempt& attempt, SteadyTime now);
  // The try turned out well: it is not counted.
  void forgive(const Attempt& attempt);

  std::size_t size() const { return order_.size(); }

 private:
  struct Bucket {
    std::string key;
    int count = 0;
    SteadyTime last{};
  };
  const Bucket* find(const std::string& key) const;
  Bucket& bucket(const std::string& key);

  std::size_t capacity_;
  std::list<Bucket> order_;  // most recently used first
  std::unordered_map<std::string, std::list<Bucket>::iterator> places_;
};

}  // namespace nocturn::identity
