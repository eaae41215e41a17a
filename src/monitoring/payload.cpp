#include "monitoring/payload.h"

#include <cmath>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "monitoring/verdict.h"

namespace nocturn::monitoring {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kMostMetrics = 64;
constexpr std::size_t kLongestText = 4096;

// Length of the well-formed UTF-8 sequence at the front; 0 when there is none, and for NUL, which
// PostgreSQL's texts cannot hold.
std::size_t sequence_at(std::string_view text) {
  if (text.front() == '\0') return 0;
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (is_utf8(text.substr(0, length))) return length;
  return 0;
}

std::string mended(std::string_view text) {
  if (is_utf8(text) && text.size() <= kLongestText && !text.contains('\0'))
    return std::string(text);
  std::string result;
  while (!text.empty() && result.size() + 4 <= kLongestText) {
    const std::size_t length = sequence_at(text);
    result += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return result;
}

JsonObject to_json(const Phases& phases) {
  JsonObject json;
  const auto put = [&](std::string_view name, Micros value) {
    if (value.count() >= 0) json[name] = value.count();
  };
  put("resolve", phases.resolve);
  put("connect", phases.connect);
  put("tls", phases.tls);
  put("first_byte", phases.first_byte);
  put("transfer", phases.transfer);
  return json;
}

JsonObject to_json(const Observation& observation) {
  JsonArray metrics;
  for (const Metric& metric : observation.metrics) {
    if (!std::isfinite(metric.value) || metrics.size() == kMostMetrics) continue;
    metrics.push_back(JsonObject{
        {"name", mended(metric.name)}, {"value", metric.value}, {"unit", mended(metric.unit)}});
  }
  JsonArray transcript;
  for (const std::string& line : observation.transcript) transcript.emplace_back(mended(line));
  return {{"outcome", name_of(observation.outcome)},  {"degraded", observation.degraded},
          {"reason", mended(observation.reason)},     {"address", mended(observation.address)},
          {"at", to_rfc3339(observation.at)},         {"took_us", observation.took.count()},
          {"phases_us", to_json(observation.phases)}, {"metrics", std::move(metrics)},
          {"transcript", std::move(transcript)}};
}

std::string canonical(const JsonObject& json) {
  auto text = canonical_json(json);
  CHECK(text);  // all text was mended, all numbers are in range
  return *std::move(text);
}

// ---- back ----

std::unexpected<Error> wrong(std::string_view name) {
  return fail(ErrorCode::corrupt, "monitoring event: {} is missing or wrong", name);
}

Result<std::string> text_of(const JsonObject& json, std::string_view name) {
  const Json* value = json.if_contains(name);
  if (value == nullptr || !value->is_string()) return wrong(name);
  return std::string(value->get_string());
}

Result<WallTime> time_of(const JsonObject& json, std::string_view name) {
  return from_rfc3339(TRY(text_of(json, name)));
}

Result<bool> flag_of(const JsonObject& json, std::string_view name) {
  const Json* value = json.if_contains(name);
  if (value == nullptr || !value->is_bool()) return wrong(name);
  return value->get_bool();
}

Result<const JsonObject*> object_of(const JsonObject& json, std::string_view name) {
  const Json* value = json.if_contains(name);
  if (value == nullptr || !value->is_object()) return wrong(name);
  return &value->get_object();
}

Result<Verdict> verdict_of(const JsonObject& json, std::string_view name) {
  const auto verdict = verdict_from(TRY(text_of(json, name)));
  if (!verdict) return wrong(name);
  return *verdict;
}

Micros micros_of(const JsonObject& json, std::string_view name) {
  const Json* value = json.if_contains(name);
  return Micros(value != nullptr && value->is_int64() ? value->get_int64() : -1);
}

void read_lists(const JsonObject& json, Observation& observation) {
  if (const Json* metrics = json.if_contains("metrics"); metrics && metrics->is_array()) {
    for (const Json& item : metrics->get_array()) {
      if (!item.is_object()) continue;
      const JsonObject& metric = item.get_object();
      const Json* value = metric.if_contains("value");
      observation.metrics.push_back(
          {text_of(metric, "name").value_or(""),
           value != nullptr && value->is_number() ? value->to_number<double>() : 0,
           text_of(metric, "unit").value_or("")});
    }
  }
  if (const Json* lines = json.if_contains("transcript"); lines && lines->is_array())
    for (const Json& line : lines->get_array())
      if (line.is_string()) observation.transcript.emplace_back(line.get_string());
}

Result<Observation> observation_of(const JsonObject& json) {
  Observation observation;
  const auto outcome = outcome_from(TRY(text_of(json, "outcome")));
  if (!outcome) return wrong("outcome");
  observation.outcome = *outcome;
  observation.degraded = TRY(flag_of(json, "degraded"));
  observation.reason = TRY(text_of(json, "reason"));
  observation.address = TRY(text_of(json, "address"));
  observation.at = TRY(time_of(json, "at"));
  observation.took = micros_of(json, "took_us");
  const JsonObject& phases = *TRY(object_of(json, "phases_us"));
  observation.phases = {micros_of(phases, "resolve"), micros_of(phases, "connect"),
                        micros_of(phases, "tls"), micros_of(phases, "first_byte"),
                        micros_of(phases, "transfer")};
  read_lists(json, observation);
  return observation;
}

Result<JsonObject> parsed(std::string_view payload) {
  Json json = TRY(parse_json(payload));
  if (!json.is_object()) return fail(ErrorCode::corrupt, "monitoring event is not an object");
  return std::move(json.get_object());
}

}  // namespace

std::string to_payload(const VerdictChange& change) {
  return canonical({{"check", change.check.text()},
                    {"instance", change.instance.text()},
                    {"layer", name_of(change.layer)},
                    {"before", name_of(change.before)},
                    {"after", name_of(change.after)},
                    {"since", to_rfc3339(change.since)},
                    {"flapping", change.flapping},
                    {"evidence", to_json(change.evidence)}});
}

Result<VerdictChange> change_from(std::string_view payload) {
  const JsonObject json = TRY(parsed(payload));
  VerdictChange change;
  change.check = inventory::CheckId(TRY(text_of(json, "check")));
  change.instance = inventory::InstanceId(TRY(text_of(json, "instance")));
  const auto layer = layer_from(TRY(text_of(json, "layer")));
  if (!layer) return wrong("layer");
  change.layer = *layer;
  change.before = TRY(verdict_of(json, "before"));
  change.after = TRY(verdict_of(json, "after"));
  change.since = TRY(time_of(json, "since"));
  change.flapping = TRY(flag_of(json, "flapping"));
  change.evidence = TRY(observation_of(*TRY(object_of(json, "evidence"))));
  return change;
}

std::string to_payload(const Retirement& retirement) {
  return canonical({{"check", retirement.check.text()},
                    {"instance", retirement.instance.text()},
                    {"at", to_rfc3339(retirement.at)}});
}

Result<Retirement> retirement_from(std::string_view payload) {
  const JsonObject json = TRY(parsed(payload));
  return Retirement{inventory::CheckId(TRY(text_of(json, "check"))),
                    inventory::InstanceId(TRY(text_of(json, "instance"))),
                    TRY(time_of(json, "at"))};
}

std::string to_payload(const Pause& pause) {
  return canonical(
      {{"stopped", to_rfc3339(pause.stopped)}, {"resumed", to_rfc3339(pause.resumed)}});
}
Result<Pause> pause_from(std::string_view payload) {
  const JsonObject json = TRY(parsed(payload));
  return Pause{TRY(time_of(json, "stopped")), TRY(time_of(json, "resumed"))};
}

}  // namespace nocturn::monitoring
