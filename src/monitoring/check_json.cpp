#include "monitoring/check_json.h"

#include <boost/json.hpp>

#include "monitoring/endpoints.h"
#include "monitoring/state.h"
#include "monitoring/verdict.h"

namespace nocturn::monitoring {
namespace {

Json phase(Micros duration) {
  return duration < Micros(0) ? Json(nullptr) : Json(duration.count());
}

Shape metric_shape() {
  return shape::object("Metric", "A number that a probe read.",
                       {{"name", shape::text("What was counted or measured.")},
                        {"value", shape::number("How much.")},
                        {"unit", shape::text("Its unit; empty for a bare number.")}});
}

}  // namespace

Shape phases_shape() {
  const auto duration = [](std::string_view about) { return shape::integer(about, 0).or_null(); };
  return shape::object(
      "Phases", "How long each phase took, in microseconds; null: it was not reached, or has none.",
      {{"resolve_us", duration("Finding the address.")},
       {"connect_us", duration("Until the connection stood.")},
       {"tls_us", duration("The TLS handshake.")},
       {"first_byte_us", duration("From the question to the answer's first byte.")},
       {"transfer_us", duration("From the first byte to the last.")}});
}

Shape layer_shape(std::string_view about) {
  return shape::choice(about, {"facility", "network", "host", "service", "transaction"});
}

Shape verdict_shape(std::string_view about) {
  return shape::choice(about, {"unknown", "normal", "performance", "interruption"});
}

Shape observation_shape() {
  return shape::object(
      "Observation", "What one probe saw.",
      {{"outcome", shape::choice("cannot_tell: the prober itself was at fault.",
                                 {"passed", "failed", "cannot_tell"})},
       {"degraded", shape::boolean("It passed, but not well.")},
       {"reason", shape::text("What was wrong, one line; empty when it passed well.")},
       {"at", shape::time("When the probe began.")},
       {"took_us", shape::integer("The whole probe, in microseconds.", 0)},
       {"address", shape::text("The address and port spoken to; empty when there was none.")},
       {"phases", phases_shape()},
       {"metrics", shape::list("Numbers that the probe read.", metric_shape())},
       {"transcript", shape::list("What was said, line by line: at most 64 lines.",
                                  shape::text("At most 256 bytes."))}});
}

JsonObject to_json(const Observation& seen) {
  JsonArray metrics, transcript;
  for (const Metric& metric : seen.metrics)
    metrics.push_back({{"name", metric.name}, {"value", metric.value}, {"unit", metric.unit}});
  for (const std::string& line : seen.transcript) transcript.emplace_back(line);
  return {{"outcome", name_of(seen.outcome)},
          {"degraded", seen.degraded},
          {"reason", seen.reason},
          {"at", to_rfc3339(seen.at)},
          {"took_us", seen.took.count()},
          {"address", seen.address},
          {"phases",
           {{"resolve_us", phase(seen.phases.resolve)},
            {"connect_us", phase(seen.phases.connect)},
            {"tls_us", phase(seen.phases.tls)},
            {"first_byte_us", phase(seen.phases.first_byte)},
            {"transfer_us", phase(seen.phases.transfer)}}},
          {"metrics", std::move(metrics)},
          {"transcript", std::move(transcript)}};
}

std::vector<Shape::Field> check_fields() {
  return {
      {"id", shape::text("INSTANCE/CHECK.")},
      {"instance", shape::text("Id of the instance that it watches.")},
      {"name", shape::text("Its key in the configuration.")},
      {"kind", shape::text("What speaks to the service: http, z3950 …")},
      {"layer", layer_shape("What it stands on, from the ground up.")},
      {"every_us", shape::integer("Its rhythm, in microseconds.", 1)},
      {"verdict", verdict_shape("What is believed about it.")},
      {"soft", shape::boolean("A change is being confirmed.")},
      {"flapping", shape::boolean("It changes too often to be believed at once.")},
      {"since", shape::time("Since when the verdict stands.").or_null()},
      {"probed_at", shape::time("When it was last probed; null: never yet.").or_null()},
      {"took_us", shape::integer("The last probe, in microseconds.", 0).or_null()},
      {"reason",
       shape::text("What the last probe found wrong, or that all are too slow; empty when "
                   "nothing.")},
  };
}

Shape check_shape() { return shape::object("Check", "A check with its verdict.", check_fields()); }

namespace {

// A probe that passes late finds nothing wrong itself.
std::string reason_of(const inventory::Check& check, const CheckStand& stand) {
  if (!stand.last.reason.empty() || stand.verdict != Verdict::performance) return stand.last.reason;
  if (stand.flapping) return "passes and fails by turns";
  const inventory::Confirmation& confirm = check.confirm;
  return slow_reason(static_cast<std::size_t>(confirm.slow_of), confirm.slow_above);
}

}  // namespace

JsonObject to_json(const inventory::Check& check, const CheckStand& stand) {
  const std::string& id = check.id.text();
  const auto time = [](WallTime at) {
    return at == WallTime{} ? Json(nullptr) : Json(to_rfc3339(at));
  };
  const bool probed = stand.probed_at != WallTime{};
  return {{"id", id},
          {"instance", id.substr(0, id.find('/'))},
          {"name", check.name},
          {"kind", check.kind},
          {"layer", name_of(check.layer)},
          {"every_us", check.every.count()},
          {"verdict", name_of(stand.verdict)},
          {"soft", stand.soft},
          {"flapping", stand.flapping},
          {"since", time(stand.since)},
          {"probed_at", time(stand.probed_at)},
          {"took_us", probed ? Json(stand.last.took.count()) : Json(nullptr)},
          {"reason", reason_of(check, stand)}};
}

}  // namespace nocturn::monitoring
