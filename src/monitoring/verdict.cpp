#include "monitoring/verdict.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kFewestInstances = 3;
constexpr std::array<std::string_view, 5> kLayers{"facility", "network", "host", "service",
                                                  "transaction"};

std::string_view short_name(const inventory::CheckId& check) {
  const std::string_view text = check.text();
  const auto slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

// The unknown check that cannot be passed over, if there is one.
const CheckVerdict* unproven(std::span<const CheckVerdict> checks) {
  const CheckVerdict* unknown = nullptr;
  const CheckVerdict* known = nullptr;
  for (const CheckVerdict& check : checks) {
    const CheckVerdict*& highest = check.verdict == Verdict::unknown ? unknown : known;
    if (highest == nullptr || check.layer > highest->layer) highest = &check;
  }
  if (unknown == nullptr) return nullptr;
  return known != nullptr && known->layer >= unknown->layer ? nullptr : unknown;
}

std::string explain(const CheckVerdict& check, std::size_t more) {
  std::string text = fmt::format("{} check {}", name_of(check.layer), short_name(check.check));
  if (!check.reason.empty()) text += ": " + check.reason;
  if (more > 0) text += fmt::format("; {} more", more);
  return text;
}

}  // namespace

Verdict majority(std::span<const Vote> votes, SteadyTime now, Micros fresh_for) {
  std::size_t fresh = 0, normal = 0, performance = 0, interruption = 0;
  for (const Vote& vote : votes) {
    if (now - vote.at > fresh_for) continue;
    ++fresh;
    normal += vote.verdict == Verdict::normal;
    performance += vote.verdict == Verdict::performance;
    interruption += vote.verdict == Verdict::interruption;
  }
  if (2 * interruption > fresh) return Verdict::interruption;
  if (2 * (interruption + performance) > fresh) return Verdict::performance;
  if (2 * normal > fresh) return Verdict::normal;
  return Verdict::unknown;
}

InstanceVerdict combine(std::span<const CheckVerdict> checks) {
  const CheckVerdict* explains = nullptr;
  std::size_t bad = 0;
  for (const CheckVerdict& check : checks) {
    if (check.verdict < Verdict::performance) continue;
    if (explains == nullptr || check.verdict > explains->verdict) bad = 0;
    if (explains != nullptr && check.verdict < explains->verdict) continue;
    ++bad;
    if (explains == nullptr || check.verdict > explains->verdict ||
        std::tie(check.layer, check.check) < std::tie(explains->layer, explains->check))
      explains = &check;
  }
  if (explains != nullptr) return {explains->verdict, explains->check, explain(*explains, bad - 1)};
  if (checks.empty()) return {};
  if (const CheckVerdict* unknown = unproven(checks))
    return {Verdict::unknown, unknown->check, explain(*unknown, 0)};
  return {Verdict::normal, {}, {}};
}

Explanation explanation_of(const inventory::CheckId& check, std::string_view reason) {
  for (const std::string_view layer : kLayers) {
    const std::string begin = fmt::format("{} check {}", layer, short_name(check));
    if (!reason.starts_with(begin)) continue;
    Explanation parts{.layer = layer_from(layer), .saw = {}, .more = 0};
    std::string_view rest = reason.substr(begin.size());
    const std::size_t last = rest.rfind("; ");
    if (last != std::string_view::npos && rest.ends_with(" more")) {
      const std::string_view number = rest.substr(last + 2, rest.size() - last - 2 - 5);
      const auto [end, error] =
          std::from_chars(number.data(), number.data() + number.size(), parts.more);
      if (error == std::errc() && end == number.data() + number.size())
        rest = rest.substr(0, last);
      else
        parts.more = 0;
    }
    if (rest.starts_with(": ")) parts.saw = rest.substr(2);
    return parts;
  }
  return {.layer = std::nullopt, .saw = std::string(reason), .more = 0};
}

std::string_view name_of(inventory::Layer layer) {
  return kLayers.at(static_cast<std::size_t>(layer));
}

std::optional<inventory::Layer> layer_from(std::string_view name) {
  const auto found = std::ranges::find(kLayers, name);
  if (found == kLayers.end()) return std::nullopt;
  return static_cast<inventory::Layer>(found - kLayers.begin());
}

bool prober_at_fault(std::size_t instances, std::size_t checks, std::size_t lost) {
  return instances >= kFewestInstances && 2 * lost > checks;
}

}  // namespace nocturn::monitoring
