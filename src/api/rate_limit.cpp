#include "api/rate_limit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"

namespace nocturn::api {
namespace {

using std::chrono::ceil;
using std::chrono::seconds;

}  // namespace

RateLimit::Outcome RateLimit::take(std::string_view caller, const Allowance& allowance) {
  const Micros cost(static_cast<std::int64_t>(1e6 / allowance.per_second));
  const Micros whole = cost * allowance.burst;
  const SteadyTime now = clock_.steady();
  const std::lock_guard lock(mutex_);
  auto known = full_at_.find(caller);
  if (known == full_at_.end()) {
    if (full_at_.size() >= kMostCallers) forget_the_quiet(now);
    known = full_at_.emplace(std::string(caller), now).first;
  }
  const Micros taken = std::max(known->second, now) + cost - now;
  if (taken > whole) {
    const auto wait = ceil<seconds>(taken - whole).count();
    return {.allowed = false, .remaining = 0, .retry_after_seconds = static_cast<int>(wait)};
  }
  known->second = now + taken;
  return {.allowed = true,
          .remaining = static_cast<int>((whole - taken) / cost),
          .retry_after_seconds = 0};
}

std::size_t RateLimit::callers() const {
  const std::lock_guard lock(mutex_);
  return full_at_.size();
}

// A full bucket is as good as none; when too few are full, the fuller half goes.
void RateLimit::forget_the_quiet(SteadyTime now) {
  std::erase_if(full_at_, [&](const auto& caller) { return caller.second <= now; });
  if (full_at_.size() < kMostCallers / 2) return;
  std::vector<SteadyTime> times;
  times.reserve(full_at_.size());
  for (const auto& [caller, full_at] : full_at_) times.push_back(full_at);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  std::erase_if(full_at_, [&](const auto& caller) { return caller.second <= *middle; });
}

std::string address_key(std::string_view peer) {
  constexpr std::size_t kNetworkParts = 4;
  std::string key = "address/";
  if (!peer.contains(':') || peer.contains('.')) return key.append(peer);  // IPv4, also mapped
  std::size_t parts = 0;
  for (const std::string_view part : split(peer, ':')) {
    if (part.empty() && parts > 0) break;  // "::" stands for the zeros that follow
    if (parts++ == kNetworkParts) break;
    key.append(part) += ':';
  }
  return key;
}

}  // namespace nocturn::api
