#include "monitoring/minute.h"

#include <algorithm>
#include <vector>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "monitoring/monitoring.h"

namespace nocturn::monitoring {
namespace {

template <std::size_t size>
void put_number(std::array<std::uint8_t, size>& bytes, std::size_t& end, std::int64_t value) {
  const auto raw = static_cast<std::uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.at(end++) = static_cast<std::uint8_t>(raw >> shift);
}

std::array<std::uint8_t, 58> bytes_of(const Observation& observation) {
  std::array<std::uint8_t, 58> bytes;
  std::size_t end = 0;
  const Phases& phases = observation.phases;
  for (const Micros value : {observation.at.time_since_epoch(), observation.took, phases.resolve,
                             phases.connect, phases.tls, phases.first_byte, phases.transfer})
    put_number(bytes, end, value.count());
  bytes.at(end++) = static_cast<std::uint8_t>(observation.outcome);
  bytes.at(end++) = observation.degraded ? 1 : 0;
  return bytes;
}

}  // namespace

void MinuteBook::add(const inventory::InstanceId& instance, const inventory::CheckId& check,
                     const Observation& observation) {
  Line& line = lines_[check];
  ++line.samples;
  line.link = sha256_.add(line.link).add(bytes_of(observation)).finish();
  Counts& counts = counts_[instance];
  switch (observation.outcome) {
    case Outcome::passed: ++counts.passed; break;
    case Outcome::failed: ++counts.failed; break;
    case Outcome::cannot_tell: ++counts.cannot_tell; break;
  }
}

std::optional<ledger::Event> MinuteBook::take(WallTime now) {
  const WallTime from = std::exchange(from_, now).value_or(now);
  if (lines_.empty()) return std::nullopt;

  std::vector<const inventory::CheckId*> checks;
  for (const auto& [check, line] : lines_) checks.push_back(&check);
  std::ranges::sort(checks, [](const auto* left, const auto* right) { return *left < *right; });
  std::uint64_t samples = 0;
  for (const auto* check : checks) {
    const Line& line = lines_.at(*check);
    std::array<std::uint8_t, 8> count;
    std::size_t end = 0;
    put_number(count, end, static_cast<std::int64_t>(line.samples));
    sha256_.add(check->text()).add("\n").add(count).add(line.link);
    samples += line.samples;
  }
  const crypto::Hash hash = sha256_.finish();

  Counts all;
  JsonObject troubled;
  for (const auto& [instance, counts] : counts_) {
    all.passed += counts.passed;
    all.failed += counts.failed;
    all.cannot_tell += counts.cannot_tell;
    if (counts.failed + counts.cannot_tell > 0)
      troubled[instance.text()] = JsonArray{counts.passed, counts.failed, counts.cannot_tell};
  }
  auto payload = canonical_json(JsonObject{{"from", to_rfc3339(from)},
                                           {"until", to_rfc3339(now)},
                                           {"samples", samples},
                                           {"passed", all.passed},
                                           {"failed", all.failed},
                                           {"cannot_tell", all.cannot_tell},
                                           {"sha256", to_hex(hash)},
                                           {"troubled", std::move(troubled)}});
  CHECK(payload);
  lines_.clear();
  counts_.clear();
  return ledger::Event{.type = std::string(kMinute),
                       .object = "monitoring",
                       .payload = *std::move(payload),
                       .form = 2};
}

}  // namespace nocturn::monitoring
