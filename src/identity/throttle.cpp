#include "identity/throttle.h"

#include <algorithm>
#include <functional>
#include <span>

#include "base/text.h"

namespace nocturn::identity {
namespace {

using Rule = Throttle::Rule;

Micros pause_after(const Rule& rule, int count) {
  if (count < rule.free) return Micros(0);
  Micros pause = rule.first;
  for (int i = rule.free; i < count && pause < rule.longest; ++i) pause *= 2;
  return std::min(pause, rule.longest);
}

}  // namespace

std::vector<Throttle::Place> Throttle::places_of(const Attempt& attempt) const {
  const auto named = [this](const std::string& text) {
    return to_hex(crypto::hmac_sha256(key_, text));
  };
  if (!attempt.device.empty())
    return {{named("d " + attempt.account + " " + attempt.device), kDevice}};
  return {{named("a " + attempt.address), kAddress}, {named("s " + attempt.account), kStranger}};
}

const Throttle::Bucket* Throttle::find(const std::string& name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &*found->second;
}

Throttle::Bucket& Throttle::bucket(const std::string& name) {
  if (const auto found = places_.find(name); found != places_.end()) {
    order_.splice(order_.begin(), order_, found->second);
    return order_.front();
  }
  if (order_.size() >= capacity_) {
    places_.erase(order_.back().name);
    order_.pop_back();
  }
  order_.push_front({.name = name});
  places_.emplace(name, order_.begin());
  return order_.front();
}

Micros Throttle::admit(const Attempt& attempt, SteadyTime now) {
  Micros wait(0);
  const auto places = places_of(attempt);
  for (const Place& place : places) {
    const Bucket* known = find(place.name);
    if (known == nullptr || now - known->last >= place.rule.forget) continue;
    wait = std::max(wait, known->last + pause_after(place.rule, known->count) - now);
  }
  if (wait > Micros(0)) return wait;
  for (const Place& place : places) {
    Bucket& known = bucket(place.name);
    if (now - known.last >= place.rule.forget) known.count = 0;
    ++known.count;
    known.last = now;
  }
  return Micros(0);
}

void Throttle::forgive(const Attempt& attempt) {
  for (const Place& place : places_of(attempt)) {
    Bucket& known = bucket(place.name);
    known.count = std::max(0, known.count - 1);
  }
}

std::vector<Throttle::Memory> Throttle::take_changed(std::size_t most) {
  std::vector<Bucket*> changed;
  for (Bucket& each : order_)
    if (each.changed()) changed.push_back(&each);
  most = std::min(most, changed.size());
  std::ranges::partial_sort(changed, changed.begin() + static_cast<std::ptrdiff_t>(most),
                            std::greater(), &Bucket::count);
  std::vector<Memory> taken;
  for (Bucket* each : std::span(changed).first(most)) {
    each->kept_count = each->count;
    each->kept_last = each->last;
    taken.push_back({each->name, each->count, each->last});
  }
  return taken;
}

void Throttle::restore(const Memory& memory) {
  Bucket& known = bucket(memory.name);
  known.count = known.kept_count = memory.count;
  known.last = known.kept_last = memory.last;
}

}  // namespace nocturn::identity
