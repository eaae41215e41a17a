#include "status_page/indicator.h"

#include <array>

namespace nocturn::status_page {
namespace {

constexpr std::array<std::string_view, kIndicators> kNames = {
    "normal", "information", "maintenance", "performance", "interruption"};

Indicator from_verdict(monitoring::Verdict verdict) {
  switch (verdict) {
    case monitoring::Verdict::normal: return Indicator::normal;
    case monitoring::Verdict::performance: return Indicator::performance;
    case monitoring::Verdict::interruption: return Indicator::interruption;
    case monitoring::Verdict::unknown: break;
  }
  return Indicator::information;
}

}  // namespace

std::string_view name_of(Indicator indicator) {
  return kNames[static_cast<std::size_t>(indicator)];
}

Result<Indicator> indicator_from(std::string_view name) {
  for (int i = 0; i < kIndicators; ++i)
    if (kNames[static_cast<std::size_t>(i)] == name) return static_cast<Indicator>(i);
  return fail(ErrorCode::invalid,
              "no indicator is called \"{}\"; there are normal, information, performance, "
              "interruption and maintenance",
              name);
}

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::declared: return "declared";
    case Cause::maintenance: return "maintenance";
    case Cause::measured: return "measured";
    case Cause::unmeasured: return "unmeasured";
    case Cause::no_checks: return "no_checks";
    case Cause::absent: return "absent";
  }
  return "unmeasured";
}

bool is_trouble(Indicator indicator) { return indicator >= Indicator::performance; }

bool is_trouble(monitoring::Verdict verdict) {
  return verdict == monitoring::Verdict::performance ||
         verdict == monitoring::Verdict::interruption;
}

Shown shown(const Truth& truth) {
  if (!truth.exists) return {Indicator::information, Cause::absent};
  if (truth.declared) return {*truth.declared, Cause::declared};
  if (truth.in_window && !(truth.trouble_first && is_trouble(truth.measured)))
    return {Indicator::maintenance, Cause::maintenance};
  if (truth.measured != monitoring::Verdict::unknown)
    return {from_verdict(truth.measured), Cause::measured};
  return {Indicator::information, truth.has_checks ? Cause::unmeasured : Cause::no_checks};
}

bool contradicts(const Truth& truth) {
  if (!truth.declared || truth.measured == monitoring::Verdict::unknown) return false;
  if (*truth.declared == Indicator::maintenance) return false;
  return is_trouble(*truth.declared) != is_trouble(truth.measured);
}

}  // namespace nocturn::status_page
