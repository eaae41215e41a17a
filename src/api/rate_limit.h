#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "net/http.h"

// How often each caller may ask: a token bucket for every account, and for every address from which
// strangers come. Memory is bounded: whoever has been quiet is forgotten first. Thread-safe.
namespace nocturn::api {

struct Allowance {
  int burst = 0;          // calls at once, after a rest
  double per_second = 0;  // calls in the long run
};
inline constexpr Allowance kForAccounts{.burst = 300, .per_second = 30};
inline constexpr Allowance kForAddresses{.burst = 100, .per_second = 10};

class RateLimit {
 public:
  static constexpr std::size_t kMostCallers = 20'000;

  explicit RateLimit(const Clock& clock) : clock_(clock) {}

  struct Outcome {
    bool allowed = true;
    int remaining = 0;            // calls that would be allowed now, after this one
    int retry_after_seconds = 0;  // when not allowed: at least 1
  };
  Outcome take(std::string_view caller, const Allowance& allowance);
  std::size_t callers() const;  // remembered now; at most kMostCallers

 private:
  void forget_the_quiet(SteadyTime now);

  const Clock& clock_;
  mutable std::mutex mutex_;
  // When each caller's bucket will be full again (the one number of GCRA).
  std::unordered_map<std::string, SteadyTime, net::TextHash, std::equal_to<>> full_at_;
};

// "address/192.0.2.1"; of IPv6 the network (64 bits), since a host has as many addresses as it
// likes.
std::string address_key(std::string_view peer);

}  // namespace nocturn::api
