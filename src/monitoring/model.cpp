#include "monitoring/model.h"

#include <array>

namespace nocturn::monitoring {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kVerdicts{"unknown", "normal", "performance",
                                                    "interruption"};
constexpr std::array<std::string_view, 3> kOutcomes{"passed", "failed", "cannot_tell"};

template <class Value, std::size_t size>
std::optional<Value> from_name(const std::array<std::string_view, size>& names,
                               std::string_view name) {
  for (std::size_t i = 0; i < size; ++i)
    if (names[i] == name) return static_cast<Value>(i);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}
std::string_view name_of(Outcome outcome) {
  return kOutcomes.at(static_cast<std::size_t>(outcome));
}
std::optional<Verdict> verdict_from(std::string_view name) {
  return from_name<Verdict>(kVerdicts, name);
}
std::optional<Outcome> outcome_from(std::string_view name) {
  return from_name<Outcome>(kOutcomes, name);
}

}  // namespace nocturn::monitoring
