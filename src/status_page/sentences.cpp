#include <array>

#include "status_page/words.h"

// What the outputs say about rows, in whole sentences.
namespace nocturn::status_page {
namespace {

std::string_view name_of_layer(inventory::Layer layer) {
  constexpr std::array<std::string_view, 5> kNames = {"facility", "network", "host", "service",
                                                      "transaction"};
  return kNames.at(static_cast<std::size_t>(layer));
}

void append(std::string& text, const std::string& sentence) {
  if (!text.empty()) text += ' ';
  text += sentence;
}

std::string of_measured(const View& view, const Row& row, const Words& words) {
  if (row.shown.indicator == Indicator::normal) return words.count("details.pass", row.checks);
  std::string text = symptom(row.explains, row.shown.indicator, words);
  const std::string total = fmt::format("{}", row.checks);
  if (row.failing > 0)
    append(text, words.count("details.fail", row.failing, {{"total", total}}));
  else if (row.slow > 0)
    append(text, words.count("details.slow", row.slow, {{"total", total}}));
  append(text, words.say("details.since", {{"time", words.moment(view.zone(row), row.since)}}));
  return text;
}

std::string of_unmeasured(const View& view, const Row& row, const Words& words) {
  const bool never = row.last_known == monitoring::Verdict::unknown;
  if (never) return words.say("details.not_measured_yet");
  Truth last;
  last.has_checks = true;
  last.measured = row.last_known;
  return words.say("details.not_measured_since",
                   {{"time", words.moment(view.zone(row), row.since)},
                    {"indicator", words.indicator(shown(last).indicator)}});
}

std::string of_maintenance(const View& view, const Row& row, const Words& words) {
  const inventory::MaintenanceEntry* entry = row.next_maintenance(view.now());
  if (entry == nullptr) return {};
  return words.say(
      "details.maintenance",
      {{"name", entry->name},
       {"range", words.range(view.zone(row), {entry->from, entry->until}, view.now())}});
}

}  // namespace

std::string details(const View& view, const Row& row, const Words& words) {
  switch (row.shown.cause) {
    case Cause::declared: {
      std::string text = row.because;
      append(text,
             words.say("details.told_since", {{"time", words.moment(view.zone(row), row.since)}}));
      return text;
    }
    case Cause::maintenance: {
      std::string text = of_maintenance(view, row, words);
      if (is_trouble(row.truth.measured)) {
        Truth seen;
        seen.measured = row.truth.measured;
        append(text, words.say("details.maintenance_measured",
                               {{"indicator", words.indicator(shown(seen).indicator)}}));
      }
      return text;
    }
    case Cause::measured: return of_measured(view, row, words);
    case Cause::unmeasured: return of_unmeasured(view, row, words);
    case Cause::no_checks: return words.say("details.no_checks");
    case Cause::absent: break;  // of days before a row is there; no row is shown so now
  }
  return {};
}

std::string symptom(const inventory::Check* check, Indicator indicator, const Words& words) {
  if (indicator == Indicator::performance) return words.say("symptom.slow");
  if (check == nullptr) return words.say("symptom.unknown");
  return words.say(fmt::format("symptom.{}", name_of_layer(check->layer)));
}

std::string purpose(const inventory::Check& check, const Words& words) {
  constexpr std::array<std::string_view, 11> kKinds = {
      "http", "tcp", "tls", "dns", "icmp", "z3950", "sru", "smtp", "ssh", "postgresql", "command"};
  if (check.kind == "http" && check.layer == inventory::Layer::transaction)
    return words.say("check.http.transaction");
  for (const std::string_view kind : kKinds)
    if (check.kind == kind) return words.say(fmt::format("check.{}", kind));
  return words.say("check.other");
}

std::string summary(std::span<const Row* const> rows, const Words& words) {
  std::array<std::int64_t, kIndicators> number{};
  for (const Row* row : rows) ++number[static_cast<std::size_t>(row->shown.indicator)];
  const auto of = [&](Indicator indicator) { return number[static_cast<std::size_t>(indicator)]; };

  const std::int64_t slow = of(Indicator::performance);
  if (const std::int64_t down = of(Indicator::interruption); down > 0) {
    const std::string first = words.count("summary.interruption", down);
    if (slow == 0) return first;
    return words.say("summary.join",
                     {{"first", first}, {"second", words.count("summary.and_performance", slow)}});
  }
  if (slow > 0) return words.count("summary.performance", slow);
  if (of(Indicator::information) > 0)
    return words.count("summary.information", of(Indicator::information));
  if (of(Indicator::maintenance) > 0)
    return words.count("summary.maintenance", of(Indicator::maintenance));
  if (rows.empty()) return words.say("summary.empty");
  return words.count("summary.normal", static_cast<std::int64_t>(rows.size()));
}

}  // namespace nocturn::status_page
