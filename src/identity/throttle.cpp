#include "identity/throttle.h"

#include <algorithm>
#include <vector>

namespace nocturn::identity {
namespace {

using Rule = Throttle::Rule;

struct Place {
  std::string key;
  const Rule& rule;
};

std::vector<Place> places_of(const Attempt& attempt) {
  if (!attempt.device.empty())
    return {{"d " + attempt.account + " " + attempt.device, Throttle::kDevice}};
  return {{"a " + attempt.address, Throttle::kAddress},
          {"s " + attempt.account, Throttle::kStranger}};
}

Micros pause_after(const Rule& rule, int count) {
  if (count < rule.free) return Micros(0);
  Micros pause = rule.first;
  for (int i = rule.free; i < count && pause < rule.longest; ++i) pause *= 2;
  return std::min(pause, rule.longest);
}

}  // namespace

const Throttle::Bucket* Throttle::find(const std::string& key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &*found->second;
}

Throttle::Bucket& Throttle::bucket(const std::string& key) {
  if (const auto found = places_.find(key); found != places_.end()) {
    order_.splice(order_.begin(), order_, found->second);
    return order_.front();
  }
  if (order_.size() >= capacity_) {
    places_.erase(order_.back().key);
    order_.pop_back();
  }
  order_.push_front({.key = key});
  places_.emplace(key, order_.begin());
  return order_.front();
}

Micros Throttle::admit(const Attempt& attempt, SteadyTime now) {
  Micros wait(0);
  const auto places = places_of(attempt);
  for (const Place& place : places) {
    const Bucket* known = find(place.key);
    if (known == nullptr || now - known->last >= place.rule.forget) continue;
    wait = std::max(wait, known->last + pause_after(place.rule, known->count) - now);
  }
  if (wait > Micros(0)) return wait;
  for (const Place& place : places) {
    Bucket& known = bucket(place.key);
    if (now - known.last >= place.rule.forget) known.count = 0;
    ++known.count;
    known.last = now;
  }
  return Micros(0);
}

void Throttle::forgive(const Attempt& attempt) {
  for (const Place& place : places_of(attempt)) {
    Bucket& known = bucket(place.key);
    known.count = std::max(0, known.count - 1);
  }
}

}  // namespace nocturn::identity
